import { again, expect, open, person, test } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { bubble, conversation, list, roomOf, say } from "./chat.ts";

test("notes to oneself are one conversation that nobody else sees", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const { page } = ada;
  const tab = await again(browser, ada.name, { locale: "zh-CN", colorScheme: "dark", viewport: { width: 360, height: 780 } });
  await open(page, "/settings");
  await page.getByRole("button", { name: "Open your notes" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Notes to yourself");
  const room = roomOf(page);
  await say(page, "buy milk");
  const header = page.locator("main > header");
  await expect(header).toContainText("Only you see what is here.");
  await expect(header).not.toContainText("Online");
  await expect(header.locator("[data-presence]")).toHaveCount(0);
  await expect(conversation(page, "Notes to yourself").locator("[data-presence]")).toHaveCount(0);
  await expect(page.getByRole("main").getByText("Sent", { exact: true })).toBeVisible();

  const row = tab.page.getByRole("link").filter({ hasText: "给自己的笔记" });
  await expect(row).toContainText("buy milk");
  await row.click();
  await expect(tab.page.locator(".bubble")).toHaveText("buy milk");
  expect(await serious(tab.page)).toEqual([]);
  await expect(page.getByRole("main").getByText("Seen")).toHaveCount(0);

  await open(page, "/settings");
  await page.getByRole("button", { name: "Open your notes" }).click();
  await expect(bubble(page, "buy milk")).toBeVisible();
  expect(roomOf(page)).toBe(room);
  await expect(conversation(page, "Notes to yourself")).toHaveCount(1);
  await expect(list(bob.page)).not.toContainText("Notes to yourself");
  await open(bob.page, `/room/${room}`);
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText("This conversation cannot be shown");
});
