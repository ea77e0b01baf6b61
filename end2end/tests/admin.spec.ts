import type { Page } from "@playwright/test";
import { absent, administrator, again, expect, open, PASSWORD, person, test, unique } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { arrived, bubble, composer, conversation, details, enter, list, meet, message, post, say, timeline } from "./chat.ts";
import { attach, png } from "./pictures.ts";

/** The page of somebody in the area. */
async function pageOf(page: Page, name: string): Promise<void> {
  await page.goto(`/admin/users?find=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name: `@${name}`, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`@${name}`);
}

const done = (page: Page) => expect(page.getByRole("status")).toHaveText("Done.");

test("nobody but an administrator finds the area, from the settings", async ({ browser, server }) => {
  const ann = await person(browser, "ann");
  await open(ann.page, "/settings");
  await expect(ann.page.getByRole("link", { name: "Administer this server" })).toHaveCount(0);
  expect((await ann.page.goto("/admin"))?.status()).toBe(404);
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
  await server.run(["user", "admin", ann.name]);
  await expect(async () => {
    await open(ann.page, "/settings");
    await ann.page.getByRole("link", { name: "Administer this server" }).click({ timeout: 1_000 });
  }).toPass();
  await expect(ann.page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await ann.page.getByRole("link", { name: "To the chat" }).click();
  await expect(conversation(ann.page, "Lobby")).toBeVisible();
});

test("creates somebody, who chooses a password by a link that works once", async ({ browser, server }) => {
  const { page } = await administrator(browser, server);
  const name = unique("new");
  await page.goto("/admin/users");
  await page.getByLabel("Name", { exact: true }).fill("a b");
  await page.getByRole("button", { name: "Create a user" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/A name has no spaces/);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create a user" }).click();
  await done(page);
  const link = await page.getByRole("textbox", { name: "One-time link" }).inputValue();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "One-time link" })).toHaveCount(0);

  const guest = await (await browser.newContext()).newPage();
  await guest.goto(link);
  await expect(guest.getByText(`For @${name}.`)).toBeVisible();
  await guest.getByLabel("Password", { exact: true }).fill("12345678");
  await guest.getByRole("button", { name: "Save" }).click();
  await expect(guest.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/Only digits/);
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Save" }).click();
  await expect(conversation(guest, "Lobby")).toBeVisible();
  await guest.goto(link);
  await expect(guest.getByRole("heading", { level: 1 })).toHaveText("This link does not work");
});

test("disables somebody, whose open page is out at once, and enables them again", async ({ browser, server }) => {
  const [{ page }, ann] = [await administrator(browser, server), await person(browser, "ann")];
  await pageOf(page, ann.name);
  await page.getByRole("button", { name: "Disable" }).click();
  await done(page);
  await expect(ann.page).toHaveURL(/\/login/);
  await ann.page.getByLabel("Name").fill(ann.name);
  await ann.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ann.page.getByRole("button", { name: "Log in" }).click();
  await expect(ann.page.getByRole("alert")).toHaveText("The name or the password is wrong, or the account was disabled.");
  await page.getByRole("button", { name: "Enable" }).click();
  await done(page);
  await ann.page.getByLabel("Name").fill(ann.name);
  await ann.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ann.page.getByRole("button", { name: "Log in" }).click();
  await expect(conversation(ann.page, "Lobby")).toBeVisible();
});

test("deletes somebody, whose words the others see as those of a deleted person", async ({ browser, server }) => {
  const [{ page }, ann, eve] = [await administrator(browser, server), await person(browser, "ann"), await person(browser, "eve")];
  const office = await person(browser, "office");
  await meet(office.page, eve.name);
  await expect(composer(office.page)).toBeVisible();
  await enter(ann.page, "Lobby");
  await post(eve, 1, `words of ${eve.name}`);
  await expect(message(ann.page, `words of ${eve.name}`)).toBeVisible();
  await pageOf(page, eve.name);
  await page.getByLabel("I am sure").check();
  await page.getByRole("button", { name: "Delete the user" }).click();
  await done(page);
  await expect(ann.page.locator(".event", { hasText: "Deleted person left" }).last()).toBeVisible();
  await expect(message(ann.page, `words of ${eve.name}`)).toContainText("Deleted person");
  // Nobody to turn to: not to write to, to mention, to forward to, to add, nor in the list.
  await expect(office.page.locator(".composer")).toHaveText("This account was deleted.");
  await expect(office.page.locator("main > header")).not.toContainText("@deleted");
  await composer(ann.page).pressSequentially("@");
  const names = ann.page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await expect(names.filter({ hasText: "Everyone" })).toBeVisible();
  await expect(names.filter({ hasText: "Deleted person" })).toHaveCount(0);
  await ann.page.keyboard.press("Backspace");
  await message(ann.page, `words of ${eve.name}`).hover();
  await message(ann.page, `words of ${eve.name}`).getByRole("button", { name: "Forward" }).click();
  await expect(ann.page.getByRole("dialog").getByRole("listitem").first()).toBeVisible();
  await expect(ann.page.getByRole("dialog").getByRole("listitem").filter({ hasText: "Deleted person" })).toHaveCount(0);
  await ann.page.keyboard.press("Escape");
  await expect(list(ann.page).getByRole("button", { name: /Deleted person/ })).toHaveCount(0);
  await open(ann.page, "/room/1");
  await expect(list(ann.page).getByRole("button").first()).toBeVisible();
  await expect(list(ann.page).getByRole("button", { name: /Deleted person/ })).toHaveCount(0);
  const group = await ann.context.request.post("/api/create_group", { form: { name: "Books" } });
  await open(ann.page, `/room/${await group.json()}`);
  const sheet = await details(ann.page);
  await sheet.getByRole("button", { name: "Add people" }).click();
  await expect(sheet.getByRole("checkbox").first()).toBeVisible();
  await expect(sheet.getByRole("checkbox", { name: "Deleted person" })).toHaveCount(0);
});

test("removes a message, and a file, which their readers see go", async ({ browser, server }) => {
  const [{ page }, ann] = [await administrator(browser, server), await person(browser, "ann")];
  await enter(ann.page, "Lobby");
  const words = unique("rude");
  await say(ann.page, words);
  await expect(message(ann.page, words)).toBeVisible();
  await page.goto("/admin/messages");
  await page.getByLabel("Words").fill(words);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("Remove", { exact: true }).first().click();
  await page.getByLabel("Reason").fill("be kind, please");
  await page.getByRole("button", { name: "Remove" }).click();
  await done(page);
  await expect(page.getByText("Nothing found.")).toBeVisible();
  await expect(message(ann.page, "Removed by an administrator: be kind, please")).toBeVisible();
  await expect(message(ann.page, words)).toHaveCount(0);

  const file = `${unique("harbour")}.png`;
  await attach(ann.page, png(file, 300, 200));
  await composer(ann.page).press("Enter");
  await expect(arrived(ann.page).getByRole("img", { name: file })).toBeVisible();
  await page.goto("/admin/uploads");
  await page.getByRole("row", { name: file }).getByRole("button").click();
  await done(page);
  await expect(timeline(ann.page).getByRole("img", { name: file })).toHaveCount(0);

  const other = `${unique("ships")}.png`;
  await attach(ann.page, png(other, 300, 200));
  await say(ann.page, "with words");
  await expect(arrived(ann.page).getByRole("img", { name: other })).toBeVisible();
  await page.goto("/admin/uploads");
  await page.getByRole("row", { name: other }).getByRole("button").click();
  await done(page);
  await expect(timeline(ann.page).getByRole("img", { name: other })).toHaveCount(0);
  await expect(bubble(ann.page, "with words")).toBeVisible();
});

test("changes who is in a group, and deletes it", async ({ browser, server }) => {
  const [{ page }, ann, ben] = [await administrator(browser, server), await person(browser, "ann"), await person(browser, "ben")];
  const name = unique("Books");
  const made = await ann.context.request.post("/api/create_group", { form: { name } });
  const room = Number(await made.text());
  await page.goto(`/admin/groups?find=${name}`);
  await page.getByRole("link", { name }).click();
  await page.getByLabel("User's name").fill(ben.name);
  await page.getByLabel("Role", { exact: true }).selectOption("owner");
  await page.getByRole("button", { name: "Set" }).click();
  await done(page);
  await expect(page.getByRole("row", { name: ben.name })).toContainText("Owner");
  await enter(ben.page, name);
  await expect(page.getByRole("row", { name: ann.name })).toContainText("Administrator");
  await page.getByRole("row", { name: ann.name }).getByRole("button").click();
  await done(page);
  await expect(conversation(ann.page, name)).toHaveCount(0);
  await page.getByRole("button", { name: "Archive" }).click();
  await done(page);
  await expect(composer(ben.page)).toHaveCount(0);
  await page.getByLabel("I am sure").check();
  await page.getByRole("button", { name: "Delete the group" }).click();
  await done(page);
  await expect(conversation(ben.page, name)).toHaveCount(0);
  expect((await ben.page.request.get(`/api/history?room=${room}`)).status()).toBe(404);
});

test("closes registration, announces something, and finds what was done in the log", async ({ browser, server }) => {
  const [root, ann] = [await administrator(browser, server), await person(browser, "ann")];
  const { page } = root;
  const words = unique("lunch");
  await page.goto("/admin/settings");
  await page.getByLabel("Closed: administrators make accounts").check();
  await page.getByLabel("Announcement").fill(`${words} at noon`);
  await page.getByRole("button", { name: "Save" }).click();
  await done(page);
  const guest = await (await browser.newContext()).newPage();
  await guest.goto("/register");
  await expect(guest.getByText("takes no new accounts")).toBeVisible();

  await open(ann.page, "/");
  const announcement = ann.page.getByRole("complementary", { name: "Announcement" });
  await expect(announcement).toContainText(`${words} at noon`);
  const top = await announcement.boundingBox();
  expect(top?.y).toBe(0);
  await announcement.getByRole("button", { name: "Close" }).click();
  await expect(announcement).toHaveCount(0);
  await open(ann.page, "/");
  await expect(announcement).toHaveCount(0);

  await page.getByLabel("Open: anyone may register").check();
  await page.getByLabel("Announcement").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await done(page);
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await page.getByLabel("Action").selectOption({ label: "changed settings" });
  await page.getByLabel("Who: a name").fill(root.name);
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByRole("row", { name: words })).toContainText("Registration: Closed");
  await page.goto("/admin/log?action=make_admin");
  await expect(page.getByRole("row", { name: root.name })).toContainText("command line");
});

test("shows one's own sessions, and ends another one", async ({ browser }) => {
  const ann = await person(browser, "ann");
  const phone = await again(browser, ann.name, { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1" });
  await open(ann.page, "/settings");
  await ann.page.getByRole("link", { name: "Show", exact: true }).click();
  await expect(ann.page.getByRole("listitem")).toHaveCount(2);
  await expect(ann.page.getByRole("listitem").first()).toContainText("This one");
  await ann.page.getByRole("listitem").filter({ hasText: "Safari · iPhone" }).getByRole("button", { name: "End" }).click();
  await expect(ann.page.getByRole("listitem")).toHaveCount(1);
  await expect(phone.page).toHaveURL(/\/login/);
});

test("can be used by everybody", async ({ browser, server, look }) => {
  test.setTimeout(90_000);
  const root = await administrator(browser, server);
  const ann = await absent(browser, "ann");
  await post(ann, 1, "words for the administrator");
  const made = await ann.context.request.post("/api/create_group", { form: { name: "Books" } });
  await root.context.request.post("/api/admin_create_invitation", { form: { hours: 1, uses: 1 } });
  const user = await ann.context.request.get("/api/snapshot").then(async (answer) => (await answer.json()).me.id);
  // axe is a script: a context of its own, with scripts, with the administrator's cookie.
  const context = await browser.newContext({ ...look, storageState: await root.context.storageState() });
  const page = await context.newPage();
  const paths = ["", "/users", `/users/${user}`, "/groups", `/groups/${await made.text()}`, "/messages?words=words", "/uploads", "/invitations", "/log", "/settings"];
  const found: string[] = [];
  for (const path of [...paths.map((path) => `/admin${path}`), "/settings/sessions", "/reset/none"]) {
    for (const width of [1_280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) found.push(`${path}: ${wide} pixels wide at ${width}`);
      const places = await page.locator(".admin > header nav a").evaluateAll((all) => Math.max(0, ...all.map((one) => one.getBoundingClientRect().right)));
      if (places > width) found.push(`${path}: a place out of sight at ${width}`);
      found.push(...(await serious(page, `${path} ${width}`)));
    }
  }
  expect(found).toEqual([]);
});
