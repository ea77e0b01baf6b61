import type { Locator, Page } from "@playwright/test";
import { absent, expect, open, person, test, unique } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { arrived, bubble, composer, conversation, enter, list, meet, post, roomOf, say, somebody } from "./chat.ts";
import { choose, png } from "./pictures.ts";

/** The field. */
function field(page: Page): Locator {
  return list(page).getByRole("searchbox", { name: "Search", exact: true });
}

/** The messages that were found. */
function hits(page: Page): Locator {
  return list(page).locator("a.hit");
}

test("people, groups and messages are found as one types, in both languages", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  const word = unique("swordfish");
  await say(bob.page, `我家在上海东边，${word} Café`);
  await expect(arrived(bob.page)).toHaveCount(1);
  const { page } = ada;
  for (const [typed, marked] of [[word.toUpperCase(), word], [word.slice(0, -2), word.slice(0, -2)], [`上 ${word}`, "上"], [`海东 ${word}`, "海东"], [`cafe ${word}`, "Café"]] as const) {
    await field(page).fill(typed);
    await expect(hits(page)).toHaveCount(1);
    await expect(hits(page).locator("mark", { hasText: marked })).toBeVisible();
    await expect(hits(page)).toContainText(bob.name);
  }
  await field(page).fill(bob.name.slice(0, -1));
  await expect(somebody(page, bob.name)).toBeVisible();
  await expect(list(page).getByRole("heading", { name: "People" })).toBeVisible();
  await field(page).fill("lobb");
  // Not what is said of it.
  await expect(list(page).locator(".found a.row:not(.hit)", { hasText: "Lobby" })).toBeVisible();
  await field(page).fill(`${word} 不存在`);
  await expect(list(page).getByText("Nothing found.")).toBeVisible();
  // What was deleted is found no more.
  await bob.context.request.post("/api/delete", { form: { room, seq: 1 } });
  await field(page).fill(word);
  await expect(list(page).getByText("Nothing found.")).toBeVisible();
  await field(page).fill("");
  await expect(conversation(page, "Lobby")).toBeVisible();
  // A conversation that was looked for is there; the lists are, too.
  for (const [typed, title] of [["lobb", "Lobby"], [bob.name, bob.name]] as const) {
    await page.keyboard.press("ControlOrMeta+k");
    await field(page).fill(typed);
    await expect(list(page).locator(".found .row:not(.hit)", { hasText: title })).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(composer(page)).toHaveAccessibleName(`Write to ${title}`);
    await expect(field(page)).toHaveValue("");
    await expect(conversation(page, bob.name)).toBeVisible();
  }
});

test("an old message is shown in its place, by the keyboard alone", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  const word = unique("harbour");
  await post(ada, room, `the ${word} of old`);
  for (let n = 0; n < 40; n++) await post(n % 2 ? ada : bob, room, `filling ${n}`);
  await post(bob, room, `a new ${word}`);
  const { page } = bob;
  await open(page, "/");
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type(word);
  await expect(hits(page)).toHaveCount(2);
  await expect(hits(page).first()).toContainText("a new");
  await page.keyboard.press("ArrowDown");
  await expect(hits(page).first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(hits(page).last()).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(bubble(page, `the ${word} of old`)).toBeInViewport();
  expect(roomOf(page)).toBe(room);
  await expect(bubble(page, `a new ${word}`)).not.toBeInViewport();
  await composer(page).focus();
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  // Enter opens the first.
  await page.keyboard.press("Enter");
  await expect(bubble(page, `a new ${word}`)).toBeInViewport();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(field(page)).toHaveValue("");
  await expect(hits(page)).toHaveCount(0);
  await expect(conversation(page, "Lobby")).toBeVisible();
});

test("what is open over the page keeps the keys of search", async ({ browser }) => {
  const { page } = await person(browser, "ada");
  await enter(page, "Lobby");
  await page.getByRole("button", { name: "Details" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("heading").first()).toBeVisible();
  await sheet.getByRole("button").first().focus();
  for (const keys of ["/", "Control+k"]) await page.keyboard.press(keys);
  await page.waitForTimeout(200);
  await expect(sheet).toBeVisible();
  await expect(field(page)).not.toBeFocused();
});

test("Enter for nothing leaves the page as it is", async ({ browser }) => {
  const { page } = await person(browser, "ada");
  await enter(page, "Lobby");
  await composer(page).fill("a draft");
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await page.waitForTimeout(200);
  await expect(composer(page)).toHaveValue("a draft");
  await expect(page).toHaveURL(/\/room\/\d+$/);
});

test("Enter opens nothing that was found for other words", async ({ browser }) => {
  const [ada, bob, eve] = await Promise.all([person(browser, "ada"), absent(browser, "bob"), absent(browser, "eve")]);
  const { page } = ada;
  await enter(page, "Lobby");
  await field(page).fill(bob.name);
  await expect(page.locator(".found .row").first()).toContainText(bob.name);
  await expect(page.locator(".found [aria-busy=true]")).toHaveCount(0);
  await field(page).fill(eve.name);
  await page.keyboard.press("Enter");
  await expect(page.locator(".found .row").first()).toContainText(eve.name);
  await expect(composer(page)).toHaveAccessibleName("Write to Lobby");
  await page.keyboard.press("Enter");
  await expect(composer(page)).toHaveAccessibleName(`Write to ${eve.name}`);
});

test("a search is narrowed by conversation, sender, day and picture", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  const word = unique("lantern");
  await post(ada, room, `${word} by ada`);
  await post(bob, room, `${word} by bob`);
  await post(bob, 1, `${word} to all`);
  await choose(ada.page, png("lamp.png", 60, 40));
  await expect(ada.page.getByRole("img", { name: "lamp.png" })).toBeVisible();
  const { page } = ada;
  await field(page).fill(word);
  await expect(hits(page)).toHaveCount(3);
  await page.getByRole("link", { name: "Search in this conversation" }).click();
  await expect(field(page)).toBeFocused();
  await expect(hits(page)).toHaveCount(2);
  const filters = list(page).locator("details");
  await expect(filters.locator("[name=room]")).toHaveValue(String(room));
  await filters.locator("[name=sender]").fill(bob.name);
  await expect(hits(page)).toHaveCount(1);
  await expect(hits(page)).toContainText("by bob");
  await filters.locator("[name=room]").selectOption({ label: "All conversations" });
  await expect(hits(page)).toHaveCount(2);
  await filters.locator("[name=until]").fill("2020-01-01");
  await expect(list(page).getByText("Nothing found.")).toBeVisible();
  await filters.locator("[name=until]").fill("");
  await filters.locator("[name=since]").fill("2020-01-01");
  await expect(hits(page)).toHaveCount(2);
  await filters.locator("[name=room]").selectOption(String(room));
  await filters.locator("[name=sender]").fill(ada.name);
  await filters.getByRole("checkbox", { name: "With a picture" }).check();
  await expect(list(page).getByText("Nothing found.")).toBeVisible();
  await field(page).fill("");
  await expect(hits(page)).toHaveCount(1);
  await expect(hits(page)).toContainText("[Picture]");
  // Without words and without a room too.
  await filters.locator("[name=room]").selectOption({ label: "All conversations" });
  await expect(hits(page)).toHaveCount(1);
  await expect(filters.locator("[name=sender]")).toHaveValue(ada.name);
  await filters.getByRole("checkbox", { name: "With a picture" }).uncheck();
  await filters.locator("[name=sender]").fill(bob.name);
  await expect(hits(page).first()).toContainText(`${word} to all`);
  await field(page).fill(word);
  await filters.getByRole("button", { name: "Remove filters" }).click();
  await expect(hits(page)).toHaveCount(2);
  await expect(filters.locator("[name=sender]")).toHaveValue("");
  await filters.locator("summary").click();
  await filters.locator("[name=sender]").fill(bob.name);
  await field(page).fill("");
  await expect(hits(page).first()).toContainText(`${word} to all`);
  await filters.getByRole("button", { name: "Remove filters" }).click();
  await expect(filters).toHaveCount(0);
  await expect(conversation(page, "Lobby")).toBeVisible();
});

test("older results come when they are asked for, and a failed search says so", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const word = unique("ticket");
  for (let n = 1; n <= 25; n++) await post(ada, 1, `${word} ${n}`);
  const { page } = ada;
  await field(page).fill(word);
  await expect(hits(page)).toHaveCount(20);
  await list(page).getByRole("button", { name: "More results" }).click();
  await expect(hits(page)).toHaveCount(25);
  await expect(list(page).getByRole("button", { name: "More results" })).toHaveCount(0);
  await page.route("**/api/search*", (route) => route.abort());
  await field(page).fill(`${word} 1`);
  await expect(list(page).getByRole("alert")).toBeVisible();
  await page.unroute("**/api/search*");
  await list(page).getByRole("button", { name: "Try again" }).click();
  await expect(hits(page).first()).toBeVisible();
});

test("at 360 pixels one searches in a conversation and comes back to it", async ({ browser }) => {
  const ada = await person(browser, "ada", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const { page } = ada;
  const word = unique("needle");
  await post(ada, 1, `${word} in the hay`);
  await conversation(page, "Lobby").click();
  await page.getByRole("link", { name: "Search in this conversation" }).click();
  await expect(field(page)).toBeFocused();
  await field(page).fill(word);
  await expect(hits(page)).toHaveCount(1);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  await hits(page).click();
  await expect(bubble(page, word)).toBeInViewport();
});

test("without JavaScript a form finds the same", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { javaScriptEnabled: false }), absent(browser, "bob")]);
  const word = unique("paper");
  await post(bob, 1, `${word} 纸`);
  const { page } = ada;
  await page.getByRole("searchbox").fill(`纸 ${word}`);
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/\/search\?/);
  await expect(page.locator("a.hit mark", { hasText: word })).toBeVisible();
  await page.locator("a.hit").click();
  await expect(bubble(page, word)).toBeInViewport();
});

test("axe finds nothing serious in a search", async ({ browser, look }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { ...look, reducedMotion: "reduce" }), absent(browser, "bob")]);
  const { page } = ada;
  const word = bob.name;
  await post(bob, 1, `${word} 灯笼 and more`);
  await page.getByRole("searchbox").fill(word);
  await expect(page.locator("a.hit")).toHaveCount(1);
  await page.locator(".found summary").click();
  expect(await serious(page)).toEqual([]);
  await page.goto(`/search?text=${encodeURIComponent(word)}&room=1`);
  await expect(page.locator("a.hit")).toHaveCount(1);
  expect(await serious(page)).toEqual([]);
});
