import type { Page } from "@playwright/test";
import { absent, expect, open, person, test } from "./fixtures.ts";
import { faults } from "./axe.ts";
import { arrived, bubble, composer, meet, message, post, say, timeline } from "./chat.ts";

/** Begins to answer the message with these words. */
async function answer(page: Page, words: string): Promise<void> {
  await message(page, words).hover();
  await message(page, words).getByRole("button", { name: "Reply" }).click();
  await expect(composer(page)).toBeFocused();
}

test("on its way to a message's buttons the mouse may pass other messages", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { viewport: { width: 1000, height: 700 } }), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  for (const body of ["the first", "the second", "the third"]) await post(bob, room, body);
  await expect(arrived(ada.page)).toHaveCount(3);
  const third = bubble(ada.page, "the third");
  const from = await third.boundingBox();
  await ada.page.mouse.move(from!.x + 20, from!.y + 20);
  const button = message(ada.page, "the third").getByRole("button", { name: "Reply" });
  await expect(button).toBeVisible();
  const to = await button.boundingBox();
  await ada.page.mouse.move(to!.x + to!.width / 2, to!.y + to!.height / 2, { steps: 15 });
  await ada.page.mouse.down();
  await ada.page.mouse.up();
  await expect(ada.page.getByText("Replying to")).toBeAttached();
  await expect(composer(ada.page)).toBeFocused();
  await say(ada.page, "to the third");
  await expect(bubble(ada.page, "to the third").getByRole("link")).toContainText("the third");
});

test("an answer quotes what it answers, as that is now", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await say(ada.page, "tea or coffee?");
  await answer(bob.page, "tea or coffee?");
  await expect(bob.page.getByText("Replying to")).toBeAttached();
  expect(await faults(bob.page)).toEqual([]);
  await say(bob.page, "tea, please");
  await expect(bob.page.getByText("Replying to")).toHaveCount(0);
  for (const { page } of [ada, bob]) {
    const quote = bubble(page, "tea, please").getByRole("link");
    await expect(quote).toContainText(ada.name);
    await expect(quote).toContainText("tea or coffee?");
  }
  // One answer is one: what is said next is none.
  await say(bob.page, "with milk");
  await expect(bubble(ada.page, "with milk")).toBeVisible();
  await expect(bubble(ada.page, "with milk").getByRole("link")).toHaveCount(0);

  const origin = arrived(ada.page).first();
  await origin.hover();
  await origin.getByRole("button", { name: "Edit" }).click();
  await origin.getByRole("textbox", { name: "Edit" }).fill("green or black?");
  await origin.getByRole("textbox", { name: "Edit" }).press("Enter");
  await expect(bubble(bob.page, "tea, please").getByRole("link")).toContainText("green or black?");
  await origin.hover();
  await origin.getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  for (const { page } of [ada, bob]) {
    await expect(bubble(page, "tea, please").getByRole("link")).toContainText("This message was deleted.");
  }
});

test("what is being answered outlives a reload, and Escape gives it up", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  const room = await meet(page, bob.name);
  await post(bob, room, "are you there?");
  await answer(page, "are you there?");
  await composer(page).fill("on my");
  await page.reload();
  await expect(page.locator(".answering")).toContainText("are you there?");
  await expect(composer(page)).toHaveValue("on my");
  await composer(page).press("Escape");
  await expect(page.locator(".answering")).toHaveCount(0);
  await expect(composer(page)).toHaveValue("on my");
  await page.reload();
  await expect(composer(page)).toHaveValue("on my");
  await expect(page.locator(".answering")).toHaveCount(0);
});

test("an answer that waits for the server keeps what it answers", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page, context } = ada;
  const room = await meet(page, bob.name);
  await post(bob, room, "see you at six");
  await answer(page, "see you at six");
  await context.setOffline(true);
  await say(page, "fine");
  await expect(bubble(page, "fine").getByRole("link")).toContainText("see you at six");
  await context.setOffline(false);
  await expect(arrived(page).filter({ hasText: "fine" })).toHaveCount(1);
  await expect(bubble(page, "fine").getByRole("link")).toContainText("see you at six");
});

test("a quotation leads to its origin far back, and the way forward fills", async ({ browser }) => {
  const [ada, bob] = await Promise.all([
    person(browser, "ada", { viewport: { width: 1000, height: 600 } }),
    person(browser, "bob"),
  ]);
  const { page } = ada;
  const room = await meet(bob.page, ada.name);
  await post(bob, room, "the very first");
  for (let n = 2; n <= 45; n++) await post(n % 2 ? ada : bob, room, `Number ${n}.`);
  const sent = await bob.context.request.post("/api/send", {
    form: { room, client_id: "a1".repeat(16), body: "look up there", reply_to: 1 },
  });
  expect(sent.ok(), await sent.text()).toBe(true);
  await open(page, `/room/${room}`);
  await expect(arrived(page).last()).toContainText("look up there");
  const quote = bubble(page, "look up there").getByRole("link");
  await expect(quote).toContainText("the very first");
  await expect(message(page, "Number 2.")).toHaveCount(0);

  await quote.click();
  const origin = arrived(page).filter({ hasText: "the very first" }).first();
  await expect(origin).toBeFocused();
  await expect(origin).toBeInViewport();
  // Down again, line by line: nothing is left out, and the newest is there at the end.
  const last = arrived(page).filter({ hasText: "look up there" }).last();
  await timeline(page).hover();
  for (let n = 0; n < 60 && !(await last.isVisible()); n++) {
    await page.mouse.wheel(0, 150);
    await page.waitForTimeout(50);
  }
  await expect(async () => {
    await page.mouse.wheel(0, 400);
    await expect(last).toBeInViewport({ timeout: 200 });
  }).toPass();
  const words = await arrived(page).locator(".bubble").allInnerTexts();
  expect(words.slice(0, 45).map((text) => text.trim())).toEqual(["the very first", ...Array.from({ length: 44 }, (_, n) => `Number ${n + 2}.`)]);
  await expect(page.getByRole("button", { name: "Messages in between" })).toHaveCount(0);
});

test("an address leads to a message in its place, also with JavaScript off", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { javaScriptEnabled: false }), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  for (let n = 1; n <= 35; n++) await post(n % 2 ? ada : bob, room, `Number ${n}.`);
  await ada.page.goto(`/room/${room}?at=8#m-8`);
  await expect(message(ada.page, "Number 8.")).toBeInViewport();
  await open(bob.page, `/room/${room}?at=8#m-8`);
  await expect(message(bob.page, "Number 8.")).toBeFocused();
  await expect(message(bob.page, "Number 8.")).toBeInViewport();
  // What is said meanwhile is not taken for the next after that page.
  await post(ada, room, "the newest");
  await expect(arrived(bob.page).last()).toContainText("the newest");
  await expect(bob.page.getByRole("button", { name: "Messages in between" })).toHaveCount(1);
});
