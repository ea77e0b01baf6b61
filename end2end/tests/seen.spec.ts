import { expect, open, person, test, unique } from "./fixtures.ts";
import { composer, enter, meet, message, say } from "./chat.ts";

const LOBBY = 1;

test("in a group one sees how many have read, and who", async ({ browser }) => {
  const [ada, bob, cem] = await Promise.all(["ada", "bob", "cem"].map((name) => person(browser, name)));
  await open(ada!.page, `/room/${LOBBY}`);
  const words = unique("words");
  await say(ada!.page, words);
  const line = message(ada!.page, words);
  await expect(line).toContainText("Sent");
  await open(bob!.page, `/room/${LOBBY}`);
  await expect(line).toContainText("Seen by 1");
  await enter(cem!.page, "Lobby");
  await expect(line).toContainText("Seen by 2");
  await expect(line.getByText(bob!.name, { exact: true })).toBeHidden();
  await line.getByText("Seen by 2").click();
  // Two people may have the same shown name.
  for (const { name } of [bob!, cem!]) {
    await expect(line.getByRole("listitem").filter({ has: line.page().getByText(name, { exact: true }) })).toContainText(`@${name}`);
  }
  const dan = await person(browser, "dan");
  await open(dan.page, `/room/${LOBBY}`);
  await open(ada!.page, `/room/${LOBBY}`);
  await expect(line, "who came later").toContainText("Seen by 2");
  await say(ada!.page, unique("more"));
  await expect(line).not.toContainText("Seen");
});

test("what was read is told, and asked for, again when no answer came", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  let lost = 0;
  await bob.page.route("**/api/mark_read*", (route) => (lost++ < 1 ? route.abort() : route.continue()));
  let unanswered = 0;
  await ada.page.route("**/api/readers*", (route) => (unanswered++ < 2 ? route.abort() : route.continue()));
  const words = unique("words");
  await say(ada.page, words);
  await expect(message(ada.page, words).getByText("Seen", { exact: true })).toBeVisible();
  expect(lost).toBe(2);
  expect(unanswered).toBeGreaterThan(2);
});

test("in a private conversation one sees that the other has read", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  const words = unique("words");
  await say(ada.page, words);
  const line = message(ada.page, words);
  await expect(line).toContainText("Sent");
  await enter(bob.page, ada.name);
  await expect(composer(bob.page)).toBeVisible();
  await expect(line.getByText("Seen", { exact: true })).toBeVisible();
  await ada.page.reload();
  await expect(line.getByText("Seen", { exact: true })).toBeVisible();
});
