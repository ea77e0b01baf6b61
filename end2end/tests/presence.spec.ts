import type { Page } from "@playwright/test";
import { again, expect, person, test } from "./fixtures.ts";
import { list, meet, somebody } from "./chat.ts";

/** Closes a page as its reader does, who lets it say good-bye; it is gone then. */
async function leave(page: Page): Promise<void> {
  const gone = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await gone;
}

test("who closes the tab is offline within four seconds, and online again when back", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const row = somebody(ada.page, bob.name);
  await expect(row).toContainText("Online");
  await meet(ada.page, bob.name);
  const words = ada.page.getByRole("main").getByRole("banner").or(ada.page.locator("main > header"));
  await expect(words.first()).toContainText("Online");
  await leave(bob.page);
  await expect(row).toContainText("Offline", { timeout: 4_000 });
  await expect(words.first()).toContainText("Offline");
  await again(browser, bob.name);
  await expect(row).toContainText("Online", { timeout: 4_000 });
});

test("a tab that ends without a word is offline once the time to live is over", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const row = somebody(ada.page, bob.name);
  await expect(row).toContainText("Online");
  // As a laptop that is shut: nothing more goes out, not even a good-bye.
  await bob.context.setOffline(true);
  await bob.context.close();
  await expect(row).toContainText("Offline", { timeout: 5_000 });
});

test("who has two tabs and closes one stays online", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const second = await again(browser, bob.name);
  const row = somebody(ada.page, bob.name);
  await expect(row).toContainText("Online");
  await leave(bob.page);
  const seen: string[] = [];
  for (let n = 0; n < 5; n++) {
    await ada.page.waitForResponse(/\/api\/poll/);
    seen.push((await row.innerText()).includes("Online") ? "online" : "offline");
  }
  expect(seen).toEqual(Array(5).fill("online"));
  await leave(second.page);
  await expect(row).toContainText("Offline", { timeout: 4_000 });
});

test("those who are here stand first and are counted", async ({ browser }) => {
  const [ada, bob, zoe] = await Promise.all(["ada", "bob", "zoe"].map((name) => person(browser, name)));
  if (!ada || !bob || !zoe) throw new Error("three people");
  await expect(list(ada.page)).toContainText("2 online");
  await leave(bob.page);
  await expect(list(ada.page)).toContainText("1 online");
  await expect(list(ada.page).getByRole("button").first()).toContainText(zoe.name);
});
