import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig } from "@playwright/test";
import type { DatabaseKind } from "./tests/server.ts";

// `cargo xtask test` sets E2E_CHROMIUM, E2E_REPORT and what tests/server.ts reads.
export default defineConfig<object, { database: DatabaseKind }>({
  testDir: "tests",
  outputDir: "test-results",
  // Tests wait more than they work: four keep two cores busy.
  workers: 4,
  fullyParallel: true,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  // One more try tells flaky from broken; the report names the flaky ones.
  retries: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["json", { outputFile: process.env.E2E_REPORT ?? "test-results/report.json" }]],
  // Each test on both databases.
  projects: [
    { name: "SQLite", use: { database: "sqlite" } },
    { name: "MariaDB", use: { database: "mariadb" } },
  ],
  use: {
    headless: true,
    locale: "en-GB",
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    trace: "on-first-retry",
    launchOptions: {
      executablePath: process.env.E2E_CHROMIUM ?? onPath("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});

/** The first of these programs that is on the PATH. */
function onPath(...names: string[]): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (!found) throw new Error(`None of ${names.join(", ")} is on the PATH: install Chromium.`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
