import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** All that axe finds on this page, or in these parts of it (selectors). */
async function found(page: Page, parts: string[]) {
  // The other mode is for frames, which no page here has, and opens one more page for each check.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  return (await parts.reduce((axe, part) => axe.include(part), axe).analyze()).violations;
}

/** The same in a line each, however slight. */
export async function faults(page: Page, where = "", parts: string[] = []): Promise<string[]> {
  return lines(await found(page, parts), where);
}

/** What axe calls serious or critical of it. */
export async function serious(page: Page, where = "", parts: string[] = []): Promise<string[]> {
  const grave = (await found(page, parts)).filter(({ impact }) => impact === "serious" || impact === "critical");
  return lines(grave, where);
}

function lines(violations: Awaited<ReturnType<typeof found>>, where: string): string[] {
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.target.join(" ")}: ${node.failureSummary ?? ""}`));
}
