import type { Page } from "@playwright/test";
import { expect, open, person, test, unique } from "./fixtures.ts";
import { conversation, post, somebody } from "./chat.ts";

// In a file of its own, early in the alphabet: it waits for minutes, beside the others.

const LOBBY = 1;

/** Makes a page believe that it is hidden, and holds its timers back as a browser does after five minutes. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    const native = window.setTimeout.bind(window);
    window.setTimeout = ((act: TimerHandler, wait = 0, ...rest: unknown[]) =>
      native(act, Math.max(wait, 60_000), ...rest)) as typeof window.setTimeout;
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

test("a hidden tab gets its messages while its timers are held back, and its person is away", async ({ browser }) => {
  test.setTimeout(240_000);
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await open(ada.page, "/");
  await hide(ada.page);
  await expect(somebody(bob.page, ada.name)).toContainText("Away", { timeout: 8_000 });
  // An answer that comes at once, from a busy server say, must not make it wait for a timer.
  await ada.page.route("**/api/poll**", (route) => route.fulfill({ contentType: "application/json", body: "null" }), { times: 1 });
  for (const seconds of [2, 2, 30, 90]) {
    await ada.page.waitForTimeout(seconds * 1_000);
    await expect(somebody(bob.page, ada.name)).toContainText("Away");
    const words = `after ${seconds} s, ${unique("words")}`;
    await post(bob, LOBBY, words);
    await expect(conversation(ada.page, "Lobby")).toContainText(words, { timeout: 5_000 });
  }
});
