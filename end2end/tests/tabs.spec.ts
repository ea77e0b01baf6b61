import type { Page } from "@playwright/test";
import { PASSWORD, type Person, absent, expect, open, person, test } from "./fixtures.ts";
import { arrived, composer, conversation, enter, meet, message, post, say } from "./chat.ts";

const LOBBY = 1;

/** Somebody with two tabs in one browser; the first asks for both. */
async function twoTabs(who: Person): Promise<[Page, Page]> {
  await open(who.page, `/room/${LOBBY}`);
  const second = await who.context.newPage();
  await open(second, `/room/${LOBBY}`);
  return [who.page, second];
}

/**
 * How often each page asks for all of its person's, until the returned function is called. A tab that
 * follows asks once when it hears of news, such as other tests make, and is not held.
 */
function polls(...pages: Page[]): () => number[] {
  const counts = pages.map(() => 0);
  pages.forEach((page, place) =>
    page.on("request", (request) => {
      if (/\/api\/poll\?.*hold=[1-9]/.test(request.url())) counts[place]!++;
    }),
  );
  return () => counts;
}

test("one of two tabs asks for both, and both show what comes", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const [first, second] = await twoTabs(ada);
  await first.waitForTimeout(1_500);
  const counts = polls(first, second);
  await first.waitForTimeout(3_200);
  const [one = 0, two = 0] = counts();
  expect(Math.min(one, two), `${one} and ${two}`).toBe(0);
  expect(one + two).toBeGreaterThanOrEqual(2);
  expect(one + two).toBeLessThanOrEqual(5);
  const words = `for both, ${ada.name}`;
  await post(bob, LOBBY, words);
  await expect(message(first, words)).toHaveCount(1);
  await expect(message(second, words)).toHaveCount(1);
});

test("tabs agree on drafts, on what is sent, on colours and on the log-out", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const [first, second] = await twoTabs(ada);
  await composer(second).fill("half a thought");
  await expect(composer(first)).toHaveValue("half a thought");
  const words = `from either tab, ${ada.name}`;
  await say(second, words);
  for (const page of [first, second]) {
    await expect(arrived(page).filter({ hasText: words })).toHaveCount(1);
    await expect(message(page, words)).toHaveCount(1);
    await expect(composer(page)).toHaveValue("");
  }
  await open(second, "/settings");
  await second.getByRole("button", { name: "Dark" }).click();
  await expect(first.locator("html")).toHaveAttribute("data-theme", "dark");
  await second.getByRole("button", { name: "Log out" }).click();
  await expect(second).toHaveURL(/\/login/);
  await expect(first).toHaveURL(/\/login/);
});

test("when the tab that asks is closed or dies, the other takes over within two seconds", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const [first, second] = await twoTabs(ada);
  await first.waitForTimeout(1_500);
  const counts = polls(first, second);
  await first.waitForTimeout(2_200);
  const asking = counts()[0]! > 0 ? first : second;
  const other = asking === first ? second : first;
  const asked = other.waitForRequest(/\/api\/poll/, { timeout: 2_500 });
  // As a crash: without a word.
  await asking.close({ runBeforeUnload: false });
  await asked;
  const words = `to the one that is left, ${ada.name}`;
  await post(bob, LOBBY, words);
  await expect(message(other, words)).toHaveCount(1);
});

test("a message waits in the outbox of both tabs and goes out once, from the one that is left", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await enter(bob.page, "Lobby");
  const [first, second] = await twoTabs(ada);
  const words = `written in a tab that closes, ${ada.name}`;
  await ada.context.setOffline(true);
  await say(first, words);
  await expect(message(second, words)).toContainText("Sending");
  await first.close();
  await ada.context.setOffline(false);
  await expect(arrived(second).filter({ hasText: words })).toHaveCount(1);
  await expect(message(bob.page, words)).toHaveCount(1);
});

test("what is answered in one tab is answered in the other", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const words = `a question, ${bob.name}`;
  await post(bob, LOBBY, words);
  const [first, second] = await twoTabs(ada);
  await message(first, words).hover();
  await message(first, words).getByRole("button", { name: "Reply" }).click();
  await composer(first).fill(`an answer, ${ada.name}`);
  await expect(second.getByText("Replying to")).toBeAttached();
  await expect(composer(second)).toHaveValue(`an answer, ${ada.name}`);
  await composer(second).press("Enter");
  await expect(message(first, `an answer, ${ada.name}`).getByRole("link")).toContainText(words);
  await expect(first.getByText("Replying to")).toHaveCount(0);
});

test("a tab that does not ask shows the time as well as the one that does", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await post(ada, LOBBY, `said today, ${ada.name}`);
  await ada.context.clock.install();
  const tabs = await twoTabs(ada);
  const said = (page: Page) => conversation(page, "Lobby").locator("time");
  for (const tab of tabs) await expect(said(tab)).toHaveText(/^\d\d:\d\d$/);
  await ada.context.clock.fastForward("24:00:00");
  for (const tab of tabs) await expect(said(tab)).toHaveText("Yesterday");
});

test("a device that slept is up to date within two seconds after it wakes", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await ada.page.clock.install();
  await open(ada.page, `/room/${LOBBY}`);
  await composer(ada.page).fill("not sent yet");
  const words = `while it slept, ${ada.name}`;
  // An answer that never comes, as for a connection that died in the sleep.
  await ada.page.route(/\/api\/poll/, () => {});
  await ada.page.waitForRequest(/\/api\/poll/);
  await post(bob, LOBBY, words);
  await ada.page.unroute(/\/api\/poll/);
  await ada.page.clock.fastForward("10:00");
  await expect(message(ada.page, words)).toHaveCount(1, { timeout: 2_000 });
  await expect(composer(ada.page)).toHaveValue("not sent yet");
});

test("a window that is just opened, and one whose question was lost, miss nothing", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  // It asks for both, and shows another pane.
  const { page: first } = ada;
  await open(first, "/settings");
  const second = await ada.context.newPage();
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await second.route("**/*.wasm", async (route) => {
    await released;
    await route.continue();
  });
  await second.goto(`/room/${LOBBY}`);
  const words = `while it opens, ${ada.name}`;
  await post(bob, LOBBY, words);
  await expect(conversation(first, "Lobby")).toContainText(words);
  release();
  await expect(message(second, words)).toHaveCount(1, { timeout: 3_000 });

  let lost = 0;
  await second.route(/\/api\/poll\?.*hold=0/, (route) => (lost++ ? route.continue() : route.abort()));
  const later = `whose answer is lost, ${ada.name}`;
  await post(bob, LOBBY, later);
  await expect(message(second, later)).toHaveCount(1);
  expect(lost).toBeGreaterThan(1);
});

test("a page that is left open shows and says nothing for who logs in next", async ({ browser }) => {
  const [ada, bob, eve] = await Promise.all([person(browser, "ada"), absent(browser, "bob"), person(browser, "eve")]);
  const { page } = ada;
  await open(page, `/room/${LOBBY}`);
  const room = await meet(eve.page, bob.name);
  const secret = `for bob alone, ${bob.name}`;
  await page.evaluate((secret) => {
    new MutationObserver(() => {
      if (document.body.textContent?.includes(secret)) localStorage.setItem("leaked", "yes");
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  }, secret);
  await page.route("**/api/send", (route) => route.abort());
  await say(page, `waits, ${ada.name}`);
  // In the same browser, past the page.
  const answer = await ada.context.request.post("/api/login", { form: { name: bob.name, password: PASSWORD } });
  expect(answer.ok()).toBe(true);
  await post(eve, room, secret);
  await page.unroute("**/api/send");
  // It begins anew, as bob's.
  await expect(conversation(page, eve.name)).toContainText(secret);
  expect(await page.evaluate(() => localStorage.getItem("leaked"))).toBe(null);
  await open(eve.page, `/room/${LOBBY}`);
  await expect(message(eve.page, `waits, ${ada.name}`)).toHaveCount(0);
});
