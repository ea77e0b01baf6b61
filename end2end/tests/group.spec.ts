import type { Locator, Page } from "@playwright/test";
import { PASSWORD, Server, absent, expect, open, person, test, unique, type Person } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { bubble, composer, conversation, details, enter, insist, list, message, post, roomOf, say, somebody, timeline } from "./chat.ts";
import { choose, png } from "./pictures.ts";

/** What happened to the group, in the conversation that is open. */
function event(page: Page, words: string | RegExp): Locator {
  return timeline(page).locator("li.event").filter({ hasText: words });
}

/** Makes a group by its form; gives its number. */
async function found(page: Page, name: string, isPublic = false): Promise<number> {
  await list(page).getByRole("link", { name: "Groups" }).click();
  const form = page.getByRole("region", { name: "New group" });
  await form.getByLabel("Group's name").fill(name);
  if (isPublic) await form.getByLabel(/^Public/).check();
  await form.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("textbox", { name: `Write to ${name}` })).toBeVisible();
  return roomOf(page);
}

/** Adds people by the sheet of the group that is open. */
async function add(page: Page, ...people: Person[]): Promise<void> {
  const sheet = await details(page);
  await sheet.getByRole("button", { name: "Add people" }).click();
  for (const { name } of people) {
    await sheet.getByRole("searchbox").fill(name);
    await sheet.getByRole("checkbox", { name }).check();
  }
  await sheet.getByRole("button", { name: `Add ${people.length}` }).click();
  await expect(sheet.getByRole("heading", { name: "Details" })).toBeVisible();
  await sheet.getByRole("button", { name: "Close" }).click();
}

/** The line of a member in the sheet. */
function member(page: Page, name: string): Locator {
  return page.getByRole("dialog", { name: "Details" }).getByRole("listitem").filter({ hasText: name });
}

test("a group is made, its people are added, and all talk without a reload", async ({ browser }) => {
  const [ada, bob, cem] = await Promise.all(["ada", "bob", "cem"].map((name) => person(browser, name)));
  if (!ada || !bob || !cem) throw new Error("three people");
  const name = unique("Books");
  for (const { page } of [bob, cem]) await page.evaluate(() => Object.assign(window, { still: true }));
  await found(ada.page, name);
  await expect(event(ada.page, `${ada.name} created the group`)).toBeVisible();
  await expect(conversation(bob.page, name)).toHaveCount(0);
  await add(ada.page, bob, cem);
  for (const { page } of [bob, cem]) {
    await expect(conversation(page, name)).toContainText("1 unread");
    await expect(page.locator(".notice", { hasText: name })).toContainText(`${ada.name} added`);
    await enter(page, name);
    await expect(event(page, new RegExp(`${ada.name} added .*${bob.name}`))).toBeVisible();
    await expect(page.locator("main > header")).toContainText("Members: 3");
  }
  await say(bob.page, "which one first?");
  for (const { page } of [ada, cem]) await expect(bubble(page, "which one first?")).toBeVisible();
  await expect(event(ada.page, /./)).toHaveCount(2);
  for (const { page } of [bob, cem]) expect(await page.evaluate(() => "still" in window)).toBe(true);
  await open(cem.page, new URL(cem.page.url()).pathname);
  await expect(bubble(cem.page, "which one first?")).toBeVisible();
  await expect(event(cem.page, /./)).toHaveCount(2);
});

test("a public group is found, joined and left; a private one is not found", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const [name, secret] = [unique("Open"), unique("Secret")];
  await found(ada.page, secret);
  const room = await found(ada.page, name, true);
  await post(ada, room, "said before he came");
  await list(bob.page).getByRole("link", { name: "Groups" }).click();
  const groups = bob.page.getByRole("region", { name: "Public groups" });
  await expect(groups.getByRole("listitem").filter({ hasText: name })).toContainText("Members: 1");
  await expect(groups).not.toContainText(secret);
  await groups.getByRole("button", { name: `Join ${name}` }).click();
  await expect(composer(bob.page)).toHaveAccessibleName(`Write to ${name}`);
  await expect(bubble(bob.page, "said before he came")).toBeVisible();
  await expect(event(ada.page, `${bob.name} joined`)).toBeVisible();

  const own = await details(ada.page);
  await own.getByRole("button", { name: "Leave group" }).click();
  await own.getByRole("dialog", { name: /longest becomes its owner/ }).getByRole("button", { name: "Cancel" }).click();
  const sheet = await details(bob.page);
  await expect(sheet.getByRole("button", { name: "Edit group" })).toHaveCount(0);
  await insist(sheet, "Leave group", "Leave this group?");
  await expect(bob.page).toHaveURL(/\/$/);
  await expect(conversation(bob.page, name)).toHaveCount(0);
  await expect(event(ada.page, `${bob.name} left`)).toBeVisible();
  await open(bob.page, `/room/${room}`);
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText("This conversation cannot be shown");
  await insist(own, "Leave group", "Leave this group? Nobody else is in it, so it is deleted with all its messages.");
  await expect(conversation(ada.page, name)).toHaveCount(0);
});

test("a new name, introduction and picture are seen at once", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const [name, later] = [unique("Books"), unique("Films")];
  await found(ada.page, name);
  await add(ada.page, bob);
  await enter(bob.page, name);
  const sheet = await details(ada.page);
  await sheet.getByRole("button", { name: "Edit group" }).click();
  await expect(sheet.getByLabel("Group's name")).toHaveValue(name);
  await sheet.getByLabel("Group's name").fill(" ");
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet.getByLabel("Group's name")).toHaveAccessibleDescription("This is needed.");
  await sheet.getByLabel("Choose a picture").setInputFiles(png("us.png", 300, 200));
  await expect(event(bob.page, `${ada.name} changed the group's picture`)).toBeVisible();
  const face = conversation(bob.page, name).locator(".avatar img");
  await expect.poll(() => face.evaluateAll(([img]) => (img as HTMLImageElement | undefined)?.naturalWidth ?? 0)).toBeGreaterThan(0);
  await sheet.getByLabel("Group's name").fill(later);
  await sheet.getByLabel("Introduction").fill("every Friday");
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet.getByRole("heading", { name: "Details" })).toBeVisible();
  await expect(sheet.getByText("every Friday")).toBeVisible();
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText(later);
  await expect(event(bob.page, `named the group “${later}”`)).toBeVisible();
  await expect(conversation(bob.page, later)).toBeVisible();
});

test("a group is made with its people", async ({ browser }) => {
  const [ada, bob, cem] = await Promise.all(["ada", "bob", "cem"].map((name) => person(browser, name)));
  if (!ada || !bob || !cem) throw new Error("three people");
  const { page } = ada;
  const name = unique("Books");
  await list(page).getByRole("link", { name: "Groups" }).click();
  const form = page.getByRole("region", { name: "New group" });
  await form.getByLabel("Group's name").fill(name);
  await form.getByRole("button", { name: "Add people" }).click();
  await expect(form.getByRole("checkbox", { name: ada.name })).toHaveCount(0);
  for (const who of [bob, cem]) {
    await form.getByRole("searchbox").fill(who.name);
    await form.getByRole("searchbox").press("Enter");
    await form.getByRole("checkbox", { name: who.name }).check();
  }
  await expect(form.getByRole("button", { name: "Add people · 2" })).toBeVisible();
  await form.getByRole("button", { name: "Create group" }).click();
  await expect(event(page, new RegExp(`${ada.name} added .*${bob.name}`))).toBeVisible();
  await expect(page.locator("main > header")).toContainText("Members: 3");
  for (const who of [bob, cem]) await expect(conversation(who.page, name)).toBeVisible();
});

test("somebody is written to from what they said, from their picture, and from the members", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const name = unique("Books");
  await found(ada.page, name);
  await add(ada.page, bob);
  await enter(bob.page, name);
  await say(bob.page, "which one first?");
  const said = message(ada.page, "which one first?");
  const label = `Write to ${bob.name}`;
  const written = ada.page.getByRole("textbox", { name: label });

  await said.hover();
  await said.getByRole("button", { name: label }).click();
  await expect(written).toBeVisible();

  await enter(ada.page, name);
  await said.hover();
  const picture = await said.locator(".avatar").boundingBox();
  if (!picture) throw new Error("no picture");
  await expect(said.locator(".actions")).toBeVisible();
  await ada.page.mouse.click(picture.x + picture.width / 2, picture.y + picture.height / 2);
  await expect(written).toBeVisible();

  await enter(ada.page, name);
  await details(ada.page);
  await member(ada.page, bob.name).getByRole("button", { name: bob.name }).first().click();
  await expect(written).toBeVisible();
  await expect(ada.page.getByRole("dialog")).toHaveCount(0);
});

test("roles are given, handed over, and seen in the list of members", async ({ browser }) => {
  const [ada, bob, cem] = await Promise.all(["ada", "bob", "cem"].map((name) => person(browser, name)));
  if (!ada || !bob || !cem) throw new Error("three people");
  const name = unique("Crew");
  await found(ada.page, name);
  await add(ada.page, bob, cem);
  await enter(bob.page, name);
  const own = await details(bob.page);
  await expect(member(bob.page, ada.name)).toContainText("Owner");
  await expect(member(bob.page, ada.name)).toContainText("Online");
  await expect(own.getByRole("button", { name: "Add people" })).toHaveCount(0);
  const deeds = own.getByRole("button", { name: /^What to do with / });
  await expect(deeds).toHaveCount(0);

  await details(ada.page);
  await member(ada.page, bob.name).getByRole("button", { name: `What to do with ${bob.name}` }).click();
  await member(ada.page, bob.name).getByRole("button", { name: "Make administrator" }).click();
  await expect(member(ada.page, bob.name)).toContainText("Administrator");
  await expect(member(bob.page, bob.name)).toContainText("Administrator");
  await expect(own.getByRole("button", { name: "Add people" })).toBeVisible();
  // An administrator removes members, and nobody above them.
  await expect(deeds).toHaveCount(1);

  await member(ada.page, bob.name).getByRole("button", { name: `What to do with ${bob.name}` }).click();
  await insist(member(ada.page, bob.name), "Make owner", `Make ${bob.name} the owner in your place?`);
  await expect(member(ada.page, bob.name)).toContainText("Owner");
  await expect(member(ada.page, ada.name)).toContainText("Administrator");
  await expect(deeds).toHaveCount(2);
});

test("somebody removed sees nothing more, wherever they look", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const name = unique("Inner circle");
  const room = await found(ada.page, name);
  await add(ada.page, bob);
  await enter(bob.page, name);
  await say(ada.page, "between us");
  await choose(ada.page, png("plan.png", 300, 200));
  await expect(bubble(bob.page, "between us")).toBeVisible();
  const picture = bob.page.getByRole("img", { name: "plan.png" });
  await expect(picture).toBeVisible();
  const path = (await picture.getAttribute("src")) ?? "";

  await details(ada.page);
  await member(ada.page, bob.name).getByRole("button", { name: `What to do with ${bob.name}` }).click();
  await insist(member(ada.page, bob.name), "Remove from group", `Remove ${bob.name} from the group?`);
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText("This conversation cannot be shown");
  await expect(conversation(bob.page, name)).toHaveCount(0);
  await expect(member(ada.page, bob.name)).toHaveCount(0);
  await post(ada, room, "and without him");
  // What his browser fetched is asked for again, and refused.
  expect(await bob.page.evaluate((path) => fetch(path).then((answer) => answer.status), path)).toBe(404);
  await open(bob.page, `/room/${room}`);
  expect(await bob.page.content()).not.toContain("between us");
  expect(await bob.page.content()).not.toContain("without him");
});

test("an archived group is read and nothing more, until its owner reopens it", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const name = unique("Finished");
  const room = await found(ada.page, name, true);
  await add(ada.page, bob);
  await enter(bob.page, name);
  await say(bob.page, "the last word");
  const own = bubble(bob.page, "the last word");
  await message(bob.page, "the last word").hover();
  await expect(bob.page.getByRole("button", { name: "Delete" })).toBeVisible();
  const closed = "This group is archived. Its owner can reopen it.";

  const sheet = await details(ada.page);
  await sheet.getByRole("button", { name: "Archive group" }).click();
  await expect(sheet.getByRole("button", { name: "Add people" })).toHaveCount(0);
  for (const { page } of [ada, bob]) {
    await expect(event(page, `${ada.name} archived the group`)).toBeAttached();
    await expect(page.getByRole("main").getByText(closed)).toBeVisible();
    await expect(composer(page)).toHaveCount(0);
    await expect(list(page).getByRole("heading", { name: "Archived" })).toBeVisible();
  }
  await expect(own).toBeVisible();
  await expect(bob.page.getByRole("button", { name: "Delete" })).toHaveCount(0);
  const rows = list(bob.page).locator("a.row .name");
  await expect(rows.last()).toHaveText(name);
  await details(bob.page);
  await expect(bob.page.getByRole("button", { name: "Reopen group" })).toHaveCount(0);
  await bob.page.getByRole("button", { name: "Close" }).click();
  const cem = await person(browser, "cem");
  await open(cem.page, "/groups");
  await expect(cem.page.getByRole("main").getByRole("status").last()).toBeAttached();
  expect((await cem.context.request.post("/api/join_group", { form: { room } })).status()).toBe(409);
  await expect(cem.page.getByRole("button", { name: `Join ${name}` })).toHaveCount(0);

  // Read by a newcomer to the page as by who was there.
  await open(bob.page, `/room/${room}`);
  await expect(bob.page.getByRole("main").getByText(closed)).toBeVisible();
  expect(await serious(bob.page)).toEqual([]);
  await sheet.getByRole("button", { name: "Reopen group" }).press("Enter");
  await expect(event(bob.page, `${ada.name} reopened the group`)).toBeVisible();
  await expect(list(bob.page).getByRole("heading", { name: "Archived" })).toHaveCount(0);
  await say(bob.page, "one more");
  await expect(bubble(ada.page, "one more")).toBeVisible();
});

test("a group is made without JavaScript", async ({ browser }) => {
  const pia = await person(browser, "pia", { javaScriptEnabled: false });
  const name = unique("Plain");
  await pia.page.getByRole("link", { name: "Groups" }).click();
  await pia.page.getByLabel("Group's name").fill(" ");
  await pia.page.getByRole("button", { name: "Create group" }).click();
  await expect(pia.page.getByLabel("Group's name")).toHaveAccessibleDescription("This is needed.");
  await pia.page.getByLabel("Group's name").fill(name);
  await pia.page.getByRole("button", { name: "Create group" }).click();
  await expect(pia.page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(event(pia.page, `${pia.name} created the group`)).toBeVisible();
});

test("of many people those are found, too, of whom the page does not know", async ({ browser, database }) => {
  test.setTimeout(60_000);
  // A server of its own: the lists of the other tests stay short.
  const server = await Server.create(database);
  try {
    const baseURL = server.url;
    const crowd = await browser.newContext({ baseURL });
    for (let first = 0; first < 100; first += 10) {
      const names = Array.from({ length: 10 }, (_, n) => `anna${first + n}`);
      const answers = await Promise.all(names.map((name) => crowd.request.post("/api/register", { form: { name, password: PASSWORD } })));
      expect(answers.map((answer) => answer.ok())).not.toContain(false);
    }
    const zoe = await absent(browser, "zoe", { baseURL });
    const { page } = await person(browser, "bob", { baseURL });
    await found(page, "Books");
    await expect(somebody(page, zoe.name)).toHaveCount(0);
    const sheet = await details(page);
    await sheet.getByRole("button", { name: "Add people" }).click();
    await sheet.getByRole("searchbox").fill("zoe");
    await sheet.getByRole("checkbox", { name: zoe.name }).check();
    await sheet.getByRole("button", { name: "Add 1" }).click();
    await expect(member(page, zoe.name)).toBeVisible();
  } finally {
    await server.remove();
  }
});

test("axe finds nothing serious in a group, and nothing scrolls sideways", async ({ browser, look }) => {
  const width = { light: 1_280, dark: 360 }[look.colorScheme];
  const viewport = { width, height: 780 };
  const ada = await person(browser, "ada", { ...look, viewport, reducedMotion: "reduce" });
  // Eve is somebody to be added.
  const [bob] = await Promise.all([absent(browser, "bob"), absent(browser, "eve")]);
  const { page } = ada;
  const shot = async (what: string): Promise<void> => {
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways, what).toBeLessThanOrEqual(0);
    expect(await serious(page), what).toEqual([]);
    if (process.env.E2E_SHOTS) await page.screenshot({ path: `${process.env.E2E_SHOTS}/${what}-${look.colorScheme}-${width}.png` });
  };
  const form = { name: `${"W".repeat(50)}${unique("_")}`, introduction: "a long introduction ".repeat(10), public: "true" };
  const made = await ada.context.request.post("/api/create_group", { form });
  const room = Number(await made.text());
  await open(page, "/groups");
  await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: form.name })).toBeVisible();
  await shot("groups");
  await ada.context.request.post("/api/add_members", { form: { room, "people[0]": Number((await bob.context.request.get("/api/snapshot").then((answer) => answer.json())).me.id) } });
  await post(ada, room, "hello");
  await open(page, `/room/${room}`);
  await expect(page.locator("li.event")).toHaveCount(2);
  await shot("conversation");
  await page.locator("main > header button").click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("listitem")).toHaveCount(2);
  const more = sheet.locator(".members .icon-button");
  await more.click();
  await shot("details");
  await more.click();
  const manage = sheet.locator(".buttons").nth(1).locator("button");
  await manage.nth(2).click();
  await expect(sheet.getByRole("radio").first()).toBeVisible();
  await shot("describe");
  await sheet.locator("header button").first().click();
  await manage.first().click();
  await expect(sheet.getByRole("checkbox").first()).toBeVisible();
  await shot("add");
});
