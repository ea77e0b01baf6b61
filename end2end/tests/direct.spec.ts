import { absent, again, expect, open, person, test } from "./fixtures.ts";
import { arrived, composer, conversation, enter, meet, message, post, roomOf, say, somebody } from "./chat.ts";

test("a private conversation opened from both ends at once is one", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await Promise.all([expect(somebody(ada.page, bob.name)).toBeVisible(), expect(somebody(bob.page, ada.name)).toBeVisible()]);
  const [ofAda, ofBob] = await Promise.all([meet(ada.page, bob.name), meet(bob.page, ada.name)]);
  expect(ofAda).toBe(ofBob);
  await say(ada.page, "here I am");
  await say(bob.page, "so am I");
  for (const { page } of [ada, bob]) await expect(arrived(page)).toHaveCount(2);
  expect(await meet(ada.page, bob.name)).toBe(ofAda);
  await expect(conversation(ada.page, bob.name)).toHaveCount(1);
  await expect(conversation(bob.page, ada.name)).toHaveCount(1);
});

test("a conversation is in the other's list once something is said in it", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await expect(conversation(ada.page, bob.name)).toHaveCount(1);
  // What Ada posts to the group comes by the same polls, after the news of that conversation.
  await post(ada, 1, "to everyone");
  await expect(conversation(bob.page, "Lobby")).toContainText("to everyone");
  await expect(conversation(bob.page, ada.name)).toHaveCount(0);
  await bob.page.reload();
  await expect(conversation(bob.page, "Lobby")).toBeVisible();
  await expect(conversation(bob.page, ada.name)).toHaveCount(0);
  await say(ada.page, "to you");
  await expect(conversation(bob.page, ada.name)).toContainText("to you");
});

test("whoever opens a conversation can write at once, and comes back by one step", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  await expect(composer(ada.page)).toBeFocused();
  await ada.page.keyboard.type("/hello");
  await expect(composer(ada.page)).toHaveValue("/hello");
  for (let n = 0; n < 3; n++) await conversation(ada.page, bob.name).click();
  await ada.page.goBack();
  await expect(ada.page).toHaveURL(/\/$/);
});

test("a click opens the row that was pressed, though the list moves meanwhile", async ({ browser }) => {
  const [ada, cara] = await Promise.all([person(browser, "ada"), person(browser, "cara")]);
  const row = somebody(ada.page, cara.name);
  await expect(row).toContainText("Online");
  await cara.context.close();
  await expect(row).toContainText("Offline");
  // Nor anybody else, such as the people of a test before.
  await expect(ada.page.getByText(/^\d+ online$/)).toHaveCount(0);
  await row.hover();
  const before = await row.boundingBox();
  await ada.page.mouse.down();
  // Somebody who comes stands above those who are away.
  const dan = await person(browser, "dan");
  await expect(ada.page.getByText("1 online")).toBeVisible();
  expect(await row.boundingBox()).toEqual(before);
  await ada.page.mouse.up();
  await expect(composer(ada.page)).toHaveAccessibleName(`Write to ${cara.name}`);
  await expect(somebody(ada.page, dan.name)).toContainText("Online");
  const [ofDan, ofCara] = await Promise.all([somebody(ada.page, dan.name).boundingBox(), row.boundingBox()]);
  expect(ofDan?.y).toBeLessThan(ofCara?.y ?? 0);
  // A menu of the browser's takes the release.
  await row.hover();
  await row.dispatchEvent("mousedown", { button: 2 });
  await row.dispatchEvent("contextmenu", { button: 2 });
  await dan.context.close();
  await expect(somebody(ada.page, dan.name)).toContainText("Offline");
  await expect(async () => {
    const [gone, other] = await Promise.all([somebody(ada.page, dan.name).boundingBox(), row.boundingBox()]);
    expect(gone?.y).toBeGreaterThan(other?.y ?? Infinity);
  }).toPass({ timeout: 2_000 });
});

test("who was offline finds the message at the next log-in", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await expect(somebody(ada.page, bob.name)).toBeVisible();
  await bob.context.close();
  await expect(somebody(ada.page, bob.name)).toContainText("Offline");
  await meet(ada.page, bob.name);
  await say(ada.page, "read this when you are back");
  await expect(arrived(ada.page)).toHaveCount(1);
  await expect(conversation(ada.page, bob.name)).toContainText("You: read this");

  const back = await again(browser, bob.name);
  await expect(conversation(back.page, ada.name)).toContainText("1 unread");
  await expect(conversation(back.page, ada.name).locator(".last")).toHaveText("read this when you are back");
  await enter(back.page, ada.name);
  await expect(message(back.page, "read this when you are back")).toBeVisible();
});

test("a private conversation is in nobody else's list, and its address shows nothing", async ({ browser }) => {
  const [ada, bob, eve] = await Promise.all(["ada", "bob", "eve"].map((name) => person(browser, name)));
  if (!ada || !bob || !eve) throw new Error("three people");
  const room = await meet(ada.page, bob.name);
  await post(ada, room, "for Bob's eyes only");
  await expect(conversation(bob.page, ada.name)).toContainText("for Bob's eyes only");
  for (const address of [room, 999_999]) {
    await open(eve.page, `/room/${address}`);
    await expect(eve.page.getByRole("heading", { level: 1 })).toHaveText("This conversation cannot be shown");
    expect(await eve.page.content()).not.toContain("eyes only");
  }
  await expect(conversation(eve.page, ada.name)).toHaveCount(0);
  await eve.page.getByRole("main").getByRole("link", { name: "Back", exact: true }).click();
  await expect(eve.page).toHaveURL(/\/$/);
});

test("people and conversations are found by a part of their name", async ({ browser }) => {
  const [ada, bob, zoe] = await Promise.all(["ada", "bob", "zoë"].map((name) => person(browser, name)));
  if (!ada || !bob || !zoe) throw new Error("three people");
  await expect(somebody(ada.page, zoe.name)).toBeVisible();
  const find = ada.page.getByRole("searchbox", { name: "Search" });
  await find.fill(zoe.name.slice(1).toUpperCase());
  await expect(somebody(ada.page, zoe.name)).toBeVisible();
  await expect(somebody(ada.page, bob.name)).toHaveCount(0);
  await expect(conversation(ada.page, "Lobby")).toHaveCount(0);
  await find.fill("nobody is called this");
  await expect(ada.page.getByText("Nothing found.")).toBeVisible();
  await find.fill("");
  await expect(conversation(ada.page, "Lobby")).toBeVisible();
});

test("the browser's back and forward go between conversations", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await enter(ada.page, "Lobby");
  const lobby = roomOf(ada.page);
  const room = await meet(ada.page, bob.name);
  await ada.page.goBack();
  await expect(ada.page).toHaveURL(new RegExp(`/room/${lobby}$`));
  await expect(composer(ada.page)).toHaveAccessibleName("Write to Lobby");
  await ada.page.goForward();
  await expect(ada.page).toHaveURL(new RegExp(`/room/${room}$`));
  await expect(composer(ada.page)).toHaveAccessibleName(`Write to ${bob.name}`);
});

test("the details of the lobby tell who is in it", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await enter(ada.page, "Lobby");
  await ada.page.getByRole("button", { name: "Details" }).click();
  const details = ada.page.getByRole("dialog", { name: "Details" });
  await expect(details.getByText("Lobby", { exact: true })).toBeVisible();
  await expect(details.getByRole("listitem").first()).toBeVisible();
  await details.getByRole("button", { name: "Close" }).click();
  await expect(details).toBeHidden();
});
