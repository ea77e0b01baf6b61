import { absent, expect, open, person, test } from "./fixtures.ts";
import { arrived, conversation, enter, meet, message, post, say, timeline } from "./chat.ts";

test("the unread count rises, survives a restart of the server, and falls when the room is read", async ({ browser, server }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  const row = conversation(ada.page, bob.name);
  await post(bob, room, "one");
  await expect(row).toContainText("1 unread");
  await post(bob, room, "two");
  await post(bob, room, "three");
  await expect(row).toContainText("3 unread");
  await expect(ada.page).toHaveTitle(/^\([1-9]\d*\) /);
  for (const pane of ["Groups", "Settings"]) {
    await ada.page.getByRole("link", { name: pane, exact: true }).click();
    await expect(ada.page).toHaveTitle(new RegExp(`^\\([1-9]\\d*\\) ${pane} · SampleIM$`));
  }
  // What one said oneself is not news.
  await expect(conversation(bob.page, ada.name)).not.toContainText("unread");

  await server.restart();
  await ada.page.reload();
  await expect(row).toContainText("3 unread");
  await enter(ada.page, bob.name);
  const line = timeline(ada.page).getByText("New messages", { exact: true });
  await expect(line).toHaveCount(1);
  const order = await timeline(ada.page).locator("li.new, li.msg").allInnerTexts();
  expect(order.map((text) => /New messages|one|two|three/.exec(text)?.[0])).toEqual(["New messages", "one", "two", "three"]);
  await expect(row).not.toContainText("unread");

  const stored = ada.page.waitForResponse(/\/api\/mark_read/);
  await post(bob, room, "four");
  await expect(message(ada.page, "four")).toBeVisible();
  await stored;
  await expect(row).not.toContainText("unread");
  await expect(line).toHaveCount(1);
  await server.restart();
  await open(ada.page, "/");
  await expect(row).toContainText("four");
  await expect(row).not.toContainText("unread");
});

test("the line stays before the first new message while the room is open", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await post(bob, room, "old");
  await expect(message(ada.page, "old")).toBeVisible();
  await expect(conversation(ada.page, bob.name)).not.toContainText("unread");
  const line = timeline(ada.page).getByText("New messages", { exact: true });
  await expect(line).toHaveCount(0);
  await enter(ada.page, "Lobby");
  await post(bob, room, "new one");
  await expect(conversation(ada.page, bob.name)).toContainText("1 unread");
  await enter(ada.page, bob.name);
  await expect(line).toBeVisible();
  await say(ada.page, "an answer");
  await expect(arrived(ada.page)).toHaveCount(3);
  const order = await timeline(ada.page).locator("li.new, li.msg").allInnerTexts();
  expect(order.map((text) => /New messages|old|new one|an answer/.exec(text)?.[0])).toEqual(["old", "New messages", "new one", "an answer"]);
});

test("what comes while nobody looks at the page stays unread until somebody does", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  const look = (focused: boolean) =>
    ada.page.evaluate((focused) => {
      document.hasFocus = () => focused;
      window.dispatchEvent(new Event(focused ? "focus" : "blur"));
    }, focused);
  await look(false);
  await post(bob, room, "are you there?");
  await expect(message(ada.page, "are you there?")).toBeVisible();
  await expect(conversation(ada.page, bob.name)).toContainText("1 unread");
  const line = timeline(ada.page).getByText("New messages", { exact: true });
  await expect(line).toHaveCount(0);
  await look(true);
  await expect(conversation(ada.page, bob.name)).not.toContainText("unread");
  await expect(line).toHaveCount(1);
});

test("opening a conversation reads as far as one sees", async ({ browser }) => {
  const size = { width: 1_000, height: 600 };
  const [ada, bob] = await Promise.all([person(browser, "ada", { viewport: size }), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  for (let n = 1; n <= 9; n++) await post(bob, room, `Number ${n}.\nIt\nis\nlong.`);
  await expect(conversation(ada.page, bob.name)).toContainText("9 unread");
  await enter(ada.page, bob.name);
  await expect(timeline(ada.page).getByText("New messages", { exact: true })).toBeInViewport();
  await expect(message(ada.page, "Number 9.")).not.toBeInViewport();
  const newest = ada.page.getByRole("button", { name: "To the newest message" });
  await expect(newest).toContainText("9");
  await expect(conversation(ada.page, bob.name)).toContainText("9 unread");
  await expect(arrived(bob.page).last()).not.toContainText("Seen");
  await newest.click();
  await expect(conversation(ada.page, bob.name)).not.toContainText("unread");
  await expect(arrived(bob.page).last()).toContainText("Seen");
});

test("what is read in one tab is read in the other", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  const other = await ada.context.newPage();
  await open(other, "/");
  await post(bob, room, "in which tab?");
  for (const page of [ada.page, other]) await expect(conversation(page, bob.name)).toContainText("1 unread");
  await enter(other, bob.name);
  for (const page of [ada.page, other]) await expect(conversation(page, bob.name)).not.toContainText("unread");
});
