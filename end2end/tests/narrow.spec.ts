import type { Page } from "@playwright/test";
import { absent, expect, open, person, test, unique } from "./fixtures.ts";
import { arrived, composer, conversation, enter, list, meet, message, post, roomOf, say, timeline } from "./chat.ts";
import { choose, png } from "./pictures.ts";

/** By how many pixels the page, or a pane of it, can be scrolled sideways. */
function sideways(page: Page): Promise<number> {
  return page.evaluate(() => {
    const panes = [document.documentElement, ...document.querySelectorAll<HTMLElement>("main, nav, .list, .timeline")];
    return Math.max(...panes.map((pane) => pane.scrollWidth - pane.clientWidth));
  });
}

test("on a phone \"back\" closes a sheet and stays in the conversation; from there it leads to the list", async ({ browser }) => {
  const { page } = await person(browser, "ada", { viewport: { width: 360, height: 740 } });
  await enter(page, "Lobby");
  await say(page, "where was I?");
  await page.getByRole("button", { name: "Details" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("listitem").first()).toBeVisible();
  await page.goBack();
  await expect(sheet).toHaveCount(0);
  await expect(composer(page)).toBeVisible();
  await message(page, "where was I?").click();
  await message(page, "where was I?").getByRole("button", { name: "Forward" }).click();
  await expect(page.getByRole("dialog", { name: "Forward to" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("button", { name: "Details" }).click();
  await expect(sheet.getByRole("listitem").first()).toBeVisible();
  await sheet.getByRole("button", { name: "Close" }).click();
  await expect(sheet).toHaveCount(0);
  await page.goBack();
  await expect(conversation(page, "Lobby")).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
});

test("on a phone \"back\" closes the emoji first", async ({ browser }) => {
  const { page } = await person(browser, "ada", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await conversation(page, "Lobby").tap();
  await page.getByRole("button", { name: "Emoji" }).tap();
  const panel = page.getByRole("dialog", { name: "Emoji" });
  await expect(panel.locator(".emoji-grid button").first()).toBeVisible();
  await page.goBack();
  await expect(panel).toHaveCount(0);
  await expect(composer(page)).toBeVisible();
  await page.getByRole("button", { name: "Emoji" }).tap();
  await panel.locator(".emoji-grid button").first().tap();
  await expect(composer(page)).not.toHaveValue("");
  await page.getByRole("button", { name: "Send" }).tap();
  await expect(panel).toHaveCount(0);
  await expect(arrived(page).last().locator(".bubble.big")).toBeVisible();
  await page.goBack();
  await expect(conversation(page, "Lobby")).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
});

test("whoever leaves a group from its sheet does not come back to it by \"back\"", async ({ browser }) => {
  const { page } = await person(browser, "ada", { viewport: { width: 360, height: 740 } });
  await open(page, "/settings");
  await open(page, "/");
  const made = await page.request.post("/api/create_group", { form: { name: unique("Books") } });
  const room = Number(await made.text());
  await list(page).locator(`a[href="/room/${room}"]`).click();
  await page.getByRole("button", { name: "Details" }).click();
  const sheet = page.getByRole("dialog", { name: "Details" });
  await sheet.getByRole("button", { name: "Leave group" }).click();
  await page.getByRole("dialog", { name: "Leave this group?" }).getByRole("button", { name: "Leave group" }).click();
  await expect(list(page)).toBeVisible();
  await expect(page).toHaveURL(/\/$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/settings$/);
});

test("a sheet that was open when the page was loaded anew leaves nothing in the history", async ({ browser }) => {
  const { page } = await person(browser, "ada", { viewport: { width: 360, height: 740 } });
  await enter(page, "Lobby");
  await page.getByRole("button", { name: "Details" }).click();
  await expect(page.getByRole("dialog").getByRole("listitem").first()).toBeVisible();
  await page.reload();
  await expect(composer(page)).toBeVisible();
  await expect.poll(() => page.evaluate(() => history.state as unknown)).toBe("/");
  await page.goBack();
  await expect(conversation(page, "Lobby")).toBeVisible();
});

test("at 360 pixels the list and the conversation are shown one at a time", async ({ browser }) => {
  const ada = await person(browser, "ada", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const { page } = ada;
  await expect(list(page)).toBeVisible();
  await expect(page.getByRole("main")).toBeHidden();
  await enter(page, "Lobby");
  await expect(list(page)).toBeHidden();
  // There Enter is a new line, and the button sends.
  await composer(page).tap();
  await page.keyboard.type("from a phone,");
  await page.keyboard.press("Enter");
  await page.keyboard.type(ada.name);
  await page.getByRole("button", { name: "Send", exact: true }).tap();
  await expect(arrived(page).filter({ hasText: ada.name })).toBeInViewport();
  expect(await arrived(page).filter({ hasText: ada.name }).locator(".bubble").innerText()).toBe(`from a phone,\n${ada.name}`);
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await expect(list(page)).toBeVisible();
  await expect(page.getByRole("main")).toBeHidden();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expect(list(page)).toBeHidden();
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await expect(list(page)).toBeVisible();
  // The device's own "back" leads on from there, not into what one came from.
  await page.goBack();
  await expect(page).toHaveURL("about:blank");
});

test("at 360 pixels the list and the settings say that the device is offline", async ({ browser }) => {
  const { page, context } = await person(browser, "ada", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const offline = page.getByText("This device has no network.").filter({ visible: true });
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await context.setOffline(true);
  await expect(offline).toBeVisible();
  await page.getByRole("link", { name: "Back", exact: true }).click();
  await expect(list(page)).toBeVisible();
  await expect(offline).toBeVisible();
  await context.setOffline(false);
  await expect(offline).toHaveCount(0);
});

test("at 360 pixels a search in a conversation is ended by a button", async ({ browser }) => {
  const { page } = await person(browser, "ada", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await enter(page, "Lobby");
  await page.getByRole("link", { name: "Search in this conversation" }).click();
  await page.getByRole("searchbox").first().fill("nothing of this");
  await page.getByRole("button", { name: "Close the search" }).click();
  await expect(conversation(page, "Lobby")).toBeVisible();
});

for (const width of [360, 320]) {
  test(`at ${width} pixels what can be done with a message stands below it and covers no words`, async ({ browser }) => {
    const options = { viewport: { width, height: 740 }, hasTouch: true, isMobile: true };
    const [ada, bob] = await Promise.all([person(browser, "ada", options), person(browser, "bob")]);
    const { page } = ada;
    const room = await meet(page, bob.name);
    await post(bob, room, "what stands above, and is long enough to take the whole of the line");
    await post(ada, room, "my own words, and they are long enough to take the whole of the line");
    await ada.context.request.post("/api/edit", { form: { room, seq: 2, body: "my own words, which were changed, and take all of the line" } });
    await post(bob, room, "what stands below, and is long enough to take the whole of the line");
    await expect(arrived(page)).toHaveCount(3);
    const own = arrived(page).nth(1);
    await expect(own).toContainText("edited");
    const buttons = own.locator(".actions button");
    await expect(own.locator(".actions")).toBeHidden();
    await own.locator(".bubble").tap();
    await expect(buttons.first()).toBeVisible();
    expect(await buttons.count()).toBe(8);
    const place = await own.locator(".actions").boundingBox();
    if (!place) throw new Error("no buttons");
    expect(place.x).toBeGreaterThanOrEqual(0);
    expect(place.x + place.width).toBeLessThanOrEqual(width);
    const tops = await buttons.evaluateAll((all) => new Set(all.map((one) => one.getBoundingClientRect().top)).size);
    expect(tops, "lines").toBe(1);
    const covered = await timeline(page).locator(".bubble, .who, .edited, .state").evaluateAll((all, { y, height }) =>
      all.filter((one) => {
        const box = one.getBoundingClientRect();
        return box.height > 0 && box.top < y + height && box.bottom > y;
      }).map((one) => one.textContent), place);
    expect(covered).toEqual([]);

    await buttons.first().tap();
    const quick = page.getByRole("group", { name: "React" }).getByRole("button");
    await expect(quick).toHaveCount(7);
    expect(await quick.evaluateAll((all) => new Set(all.map((one) => one.getBoundingClientRect().top)).size), "lines").toBe(1);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await composer(page).tap();
    await expect(own.locator(".actions")).toBeHidden();
  });
}

test("on a wide window both stand side by side", async ({ browser }) => {
  const ada = await person(browser, "ada", { viewport: { width: 1_600, height: 900 } });
  await enter(ada.page, "Lobby");
  await expect(list(ada.page)).toBeVisible();
  await expect(ada.page.getByRole("link", { name: "Back", exact: true })).toBeHidden();
  expect(await sideways(ada.page)).toBeLessThanOrEqual(0);
});

test("at 320 pixels nothing scrolls sideways, whatever is said", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { viewport: { width: 320, height: 640 } }), absent(browser, "bob")]);
  const { page } = ada;
  const form = { display_name: "W".repeat(40), introduction: "introduction ".repeat(20) };
  await bob.context.request.post("/api/update_profile", { form });
  expect(await sideways(page), "list").toBeLessThanOrEqual(0);
  const room = await meet(page, "W".repeat(40));
  for (const words of ["W".repeat(300), `https://a.example/${"long/".repeat(60)}`, "字".repeat(300), "😺😺😺", "a\tb".repeat(60)]) {
    await post(bob, room, words);
    await post(ada, room, words);
  }
  await choose(page, png("wide.png", 1_600, 200));
  await expect(arrived(page)).toHaveCount(11);
  await expect(timeline(page).getByRole("img")).toBeVisible();
  await composer(page).fill("W".repeat(500));
  expect(await sideways(page), "conversation").toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("button").first()).toBeVisible();
  expect(await sideways(page), "emoji").toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  await page.getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("dialog", { name: "Details" });
  await expect(details.getByRole("listitem")).toHaveCount(2);
  const dialog = await details.boundingBox();
  expect(dialog?.x).toBeGreaterThanOrEqual(0);
  expect((dialog?.x ?? 0) + (dialog?.width ?? 999)).toBeLessThanOrEqual(320);
  await page.keyboard.press("Escape");
  for (const path of ["/", "/settings", `/room/${room}`, "/room/999999"]) {
    await open(page, path);
    expect(await sideways(page), path).toBeLessThanOrEqual(0);
  }
  expect(roomOf(page)).toBe(999_999);
  await ada.context.clearCookies();
  for (const path of ["/login", "/register", "/no/such/page"]) {
    await page.goto(path);
    expect(await sideways(page), path).toBeLessThanOrEqual(0);
  }
  await page.goto("/login");
  await expect(conversation(page, "Lobby")).toHaveCount(0);
});
