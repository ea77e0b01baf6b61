import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, expect, test as base } from "@playwright/test";
import { type DatabaseKind, Server } from "./server.ts";

export { expect } from "@playwright/test";
export { Server } from "./server.ts";

/** What everyone here logs in with. */
export const PASSWORD = "grey-harbour-lamp-72";

/** What somebody sees all of the product by. */
export interface Look {
  colorScheme: "light" | "dark";
  locale: "en-GB" | "zh-CN";
}

/**
 * Colours do not depend on the language, nor names on the colours, nor either on the database: two looks, each
 * tried on one database, cover all.
 */
const LOOKS: Record<DatabaseKind, Look> = {
  sqlite: { colorScheme: "light", locale: "en-GB" },
  mariadb: { colorScheme: "dark", locale: "zh-CN" },
};

/** So many tests go to one server: the people of more would fill its lists, and be drawn for each page. */
const TESTS_PER_SERVER = 10;

/** A worker's present server, and how many tests it has had. */
interface Shared {
  server?: Server;
  tests: number;
}

/**
 * Playwright's `test`, with a `server` and paths that go to it. Some tests of a worker go to one after
 * another: who stops it starts it again; they share its people and its default group, so names come from
 * `unique`.
 */
export const test = base.extend<{ server: Server; tidy: void; look: Look }, { database: DatabaseKind; shared: Shared }>({
  /** The project's. */
  database: ["sqlite", { option: true, scope: "worker" }],
  shared: [
    async ({}, use) => {
      const shared: Shared = { tests: 0 };
      await use(shared);
      await shared.server?.remove();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ database, shared }, use) => {
      if (shared.tests === TESTS_PER_SERVER) {
        await shared.server?.remove();
        shared.server = undefined;
        shared.tests = 0;
      }
      shared.server ??= await Server.create(database);
      shared.tests += 1;
      await use(shared.server);
    },
    { timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  look: async ({ database }, use) => use(LOOKS[database]),
  context: async ({ context }, use) => use(watched(context)),
  /** People leave when their test ends, and the next test finds a server that runs. */
  tidy: [
    async ({ browser, server }, use, info) => {
      const before = server.log().length;
      uncaught.length = 0;
      await use();
      await Promise.all(browser.contexts().map((context) => context.close()));
      await server.start();
      expect(uncaught, "errors that no page's code caught").toEqual([]);
      if (info.status !== info.expectedStatus) {
        await info.attach("server log", { body: server.log().slice(before), contentType: "text/plain" });
      }
    },
    { auto: true },
  ],
});

/** What went wrong in a page of this test without being caught, as a panic. */
const uncaught: string[] = [];

/** The browser context, whose pages' uncaught errors fail the test. */
function watched(context: BrowserContext): BrowserContext {
  context.on("weberror", (fault) => uncaught.push(fault.error().message));
  return context;
}

/** Somebody with an account. */
export interface Account {
  /** Their browser, where they are logged in. */
  context: BrowserContext;
  /** Their name, with the suffix that makes it unique. */
  name: string;
}

/** Somebody who is here, at a page of their own. */
export interface Person extends Account {
  page: Page;
}

/** A name that nobody else in this run has. */
export function unique(name: string): string {
  return `${name}_${Math.random().toString(36).slice(2, 8)}`;
}

/** Registers somebody new in a browser context of their own; afterwards their page shows the chat. */
export async function person(browser: Browser, name: string, options?: BrowserContextOptions): Promise<Person> {
  return enter(browser, "/api/register", unique(name), options);
}

/** Registers somebody new who is not here: no page of theirs is open. */
export async function absent(browser: Browser, name: string, options?: BrowserContextOptions): Promise<Account> {
  return logIn(browser, "/api/register", unique(name), options);
}

/** Opens a new browser context and logs somebody in who has registered before. */
export async function again(browser: Browser, name: string, options?: BrowserContextOptions): Promise<Person> {
  return enter(browser, "/api/login", name, options);
}

/** Somebody who administers the server. */
export async function administrator(browser: Browser, server: Server, javaScriptEnabled = false): Promise<Person> {
  const root = await person(browser, "root");
  await server.run(["user", "admin", root.name]);
  await root.context.close();
  // The area's pages need no script: this browser has none.
  return again(browser, root.name, { javaScriptEnabled });
}

async function enter(browser: Browser, path: string, name: string, options?: BrowserContextOptions): Promise<Person> {
  const account = await logIn(browser, path, name, options);
  const page = await account.context.newPage();
  await (options?.javaScriptEnabled === false ? page.goto("/") : open(page, "/"));
  return { ...account, page };
}

/** The forms themselves are tried in account.spec.ts; here the quick way in. */
async function logIn(browser: Browser, path: string, name: string, options?: BrowserContextOptions): Promise<Account> {
  const context = watched(await browser.newContext(options));
  const answer = await context.request.post(path, { form: { name, password: PASSWORD } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return { context, name };
}

/** Opens a page behind the log-in, and waits until it is awake. */
export async function open(page: Page, path: string): Promise<void> {
  // A sheet that was closed just now takes its entry out of the history first.
  await page.waitForFunction(() => !String(history.state).startsWith("over:") || document.querySelector("dialog[open]"));
  await page.goto(path);
  await expect(page.locator(".app[data-awake]")).toBeAttached();
}

/** Collects what goes wrong on a page from now on: errors on its console, and uncaught ones. */
export function problems(page: Page): string[] {
  const found: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") found.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => found.push(error.message));
  return found;
}
