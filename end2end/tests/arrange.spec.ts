import { again, expect, open, person, test } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { conversation, enter, list, meet, post } from "./chat.ts";

test("a pinned room stands first and a muted one makes no stir, in all of one's tabs and nobody else's", async ({ browser }) => {
  const ada = await person(browser, "ada", { viewport: { width: 1_280, height: 800 } });
  const bob = await person(browser, "bob");
  const { page } = ada;
  const room = await meet(page, bob.name);
  const elsewhere = await again(browser, ada.name, { viewport: { width: 360, height: 780 } });
  await open(elsewhere.page, "/");
  await post(ada, 1, "the Lobby is newer");
  const rows = list(elsewhere.page).locator("a.row .name");
  await expect(rows.first()).toHaveText("Lobby");

  await page.getByRole("button", { name: "Details" }).click();
  const sheet = page.getByRole("dialog", { name: "Details" });
  const pin = sheet.getByRole("button", { name: "Pin to the top" });
  const choose = (name: string) => sheet.getByRole("radio", { name }).check({ force: true });
  await pin.press("Enter");
  await expect(pin).toHaveAttribute("aria-pressed", "true");
  await expect(rows.first()).toHaveText(bob.name);
  await expect(conversation(elsewhere.page, bob.name)).toContainText("Pinned");
  await choose("Nothing");
  await expect(conversation(elsewhere.page, bob.name)).toContainText("Muted");
  expect(await serious(page)).toEqual([]);
  await sheet.getByRole("button", { name: "Close" }).click();
  await enter(page, "Lobby");
  await enter(elsewhere.page, "Lobby");
  await open(elsewhere.page, "/");

  await post(bob, room, "are you there?");
  const quiet = conversation(elsewhere.page, bob.name).locator(".badge.quiet");
  await expect(quiet).toContainText("1 unread");
  await expect(elsewhere.page).toHaveTitle("SampleIM");
  await expect(conversation(bob.page, ada.name)).not.toContainText("Muted");
  expect(await serious(elsewhere.page)).toEqual([]);
  // The same in a fresh snapshot, and drawn by the server alone.
  await open(elsewhere.page, "/");
  await expect(rows.first()).toHaveText(bob.name);
  await expect(quiet).toContainText("1 unread");

  await enter(page, bob.name);
  await page.getByRole("button", { name: "Details" }).click();
  // The second does not wait for the first.
  await page.route("**/api/set_notify", async (route) => {
    await expect(conversation(page, bob.name)).not.toContainText("Pinned");
    await route.continue();
  });
  await choose("All messages");
  await pin.click();
  await expect(conversation(elsewhere.page, bob.name)).not.toContainText("Muted");
  await expect(conversation(elsewhere.page, bob.name)).not.toContainText("Pinned");
});
