import { absent, expect, open, person, test } from "./fixtures.ts";
import { faults } from "./axe.ts";
import { arrived, bubble, conversation, enter, list, meet, message, say, timeline } from "./chat.ts";
import { attach, png } from "./pictures.ts";

test("a message goes on to a person and to a group, and names its author", async ({ browser }) => {
  const [ada, bob, cara] = await Promise.all(["ada", "bob", "cara"].map((name) => person(browser, name)));
  if (!ada || !bob || !cara) throw new Error("three people");
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const words = `tell the others, ${ada.name}`;
  await say(ada.page, words);
  await message(bob.page, words).hover();
  await message(bob.page, words).getByRole("button", { name: "Forward" }).click();
  const sheet = bob.page.getByRole("dialog", { name: "Forward to" });
  await expect(sheet.getByRole("searchbox", { name: "Search" })).toBeFocused();
  expect(await faults(bob.page)).toEqual([]);
  await bob.page.keyboard.type(cara.name.toUpperCase());
  await expect(sheet.getByRole("listitem")).toHaveCount(1);
  // Once, however often it is pressed.
  await sheet.getByRole("button", { name: `Send: ${cara.name}` }).dblclick();
  await expect(sheet.getByRole("button", { name: `Sent: ${cara.name}` })).toBeDisabled();
  await sheet.getByRole("searchbox").fill("lobby");
  await sheet.getByRole("button", { name: "Send: Lobby" }).press("Enter");
  await expect(sheet.getByRole("button", { name: "Sent: Lobby" })).toBeDisabled();
  await expect(sheet.getByRole("button", { name: "Sent: Lobby" })).toBeFocused();
  await sheet.getByRole("searchbox").fill("nobody is called this");
  await expect(sheet.getByText("Nothing found.")).toBeVisible();
  await sheet.getByRole("searchbox").fill("lobby");
  await expect(sheet.getByRole("button", { name: "Sent: Lobby" })).toBeDisabled();
  // The first one empties the field.
  await bob.page.keyboard.press("Escape");
  await bob.page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);

  await enter(cara.page, bob.name);
  await expect(arrived(cara.page)).toHaveCount(1);
  await expect(bubble(cara.page, words)).toContainText(`Forwarded from ${ada.name}`);
  await enter(ada.page, "Lobby");
  await expect(bubble(ada.page, words)).toContainText(`Forwarded from ${ada.name}`);
  // Their own words are nobody else's to change.
  await enter(bob.page, "Lobby");
  await message(bob.page, words).hover();
  await expect(message(bob.page, words).getByRole("button", { name: "Delete" })).toBeVisible();
  await expect(message(bob.page, words).getByRole("button", { name: "Edit" })).toHaveCount(0);
});

test("a picture goes on with its message, and stays when that is deleted", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await attach(ada.page, png("view.png", 40, 30));
  await say(ada.page, "the view");
  await open(bob.page, `/room/${room}`);
  await message(bob.page, "the view").hover();
  await message(bob.page, "the view").getByRole("button", { name: "Forward" }).click();
  const sheet = bob.page.getByRole("dialog", { name: "Forward to" });
  await sheet.getByRole("button", { name: "Send: Notes to yourself" }).click();
  await expect(sheet.getByRole("button", { name: "Sent: Notes to yourself" })).toBeVisible();
  await sheet.getByRole("button", { name: "Close" }).click();
  await message(ada.page, "the view").hover();
  await message(ada.page, "the view").getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(timeline(bob.page).getByText("This message was deleted.")).toBeVisible();
  await expect(conversation(bob.page, "Notes to yourself")).toContainText("the view");
  await enter(bob.page, "Notes to yourself");
  const picture = bubble(bob.page, "the view").getByRole("img");
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(40);
});

test("a second click on the same place sends to nobody else", async ({ browser }) => {
  const [ada, bob, cem] = await Promise.all([person(browser, "ada"), absent(browser, "bob"), absent(browser, "cem")]);
  const { page } = ada;
  for (const other of [bob, cem]) {
    await meet(page, other.name);
    await say(page, `hello ${other.name}`);
    await expect(arrived(page)).toHaveCount(1);
  }
  await message(page, "hello").hover();
  await message(page, "hello").getByRole("button", { name: "Forward" }).click();
  const sheet = page.getByRole("dialog", { name: "Forward to" });
  const send = await sheet.getByRole("button", { name: `Send: ${bob.name}` }).boundingBox();
  if (!send) throw new Error("no button");
  await page.mouse.click(send.x + 9, send.y + 9);
  await expect(sheet.getByRole("button", { name: `Sent: ${bob.name}` })).toBeVisible();
  // What was sent has come, and the list beside has the conversation first.
  await expect(list(page).getByRole("link").filter({ hasText: /hello/ }).first()).toContainText(bob.name);
  await page.mouse.click(send.x + 9, send.y + 9);
  expect(await sheet.getByRole("button", { name: `Sent: ${bob.name}` }).boundingBox()).toMatchObject({ y: send.y });
  await expect(sheet.getByRole("button", { name: /^Sent: / })).toHaveCount(1);
});

test("what cannot be forwarded says why, and is not lost", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  await say(ada.page, "short-lived");
  await expect(arrived(ada.page)).toHaveCount(1);
  await message(ada.page, "short-lived").hover();
  await message(ada.page, "short-lived").getByRole("button", { name: "Forward" }).click();
  const sheet = ada.page.getByRole("dialog", { name: "Forward to" });
  await ada.page.route(/\/api\/forward/, (route) => route.abort());
  const send = sheet.getByRole("button", { name: "Send: Lobby" });
  await send.click();
  await expect(sheet.getByRole("alert").filter({ hasText: "The server does not answer." })).toBeVisible();
  await ada.page.unroute(/\/api\/forward/);
  await send.click();
  await expect(sheet.getByRole("button", { name: "Sent: Lobby" })).toBeVisible();
  await expect(sheet.getByRole("alert").filter({ hasText: "The server does not answer." })).toHaveCount(0);
});
