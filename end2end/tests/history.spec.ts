import type { Browser } from "@playwright/test";
import { absent, expect, open, person, test, type Person } from "./fixtures.ts";
import { arrived, composer, conversation, enter, meet, message, post, timeline } from "./chat.ts";

/** Ada's list, with a conversation in which Bob and she have said 35 things before. */
async function talked(browser: Browser, height: number, lines = 1): Promise<{ ada: Person; bob: Person; room: number }> {
  const [ada, bob] = await Promise.all([person(browser, "ada", { viewport: { width: 1000, height } }), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  const more = "\n…".repeat(lines - 1);
  for (let n = 1; n <= 35; n++) await post(n % 2 ? ada : bob, room, `Number ${n}.${more}`);
  await expect(conversation(ada.page, bob.name)).toContainText("Number 35.");
  return { ada, bob, room };
}

/** Has read all 35: their page then opens at the newest, not where the new ones begin. */
async function read(person: Person, room: number): Promise<void> {
  const answer = await person.context.request.post("/api/mark_read", { form: { room, seq: 35 } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** How far below the top of the window a message stands. */
async function height(person: Person, words: string): Promise<number> {
  const box = await message(person.page, words).boundingBox();
  if (!box) throw new Error(`${words} is not there`);
  return box.y;
}

/** The same, once the wheel's scrolling has come to rest. */
async function atRest(person: Person, words: string): Promise<number> {
  let place = Number.NaN;
  await expect(async () => {
    const before = place;
    await person.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    place = await height(person, words);
    expect(place).toBe(before);
  }).toPass({ intervals: [50] });
  return place;
}

test("what comes while one is close to the end is whole in sight", async ({ browser }) => {
  const { ada, bob, room } = await talked(browser, 600, 2);
  await enter(ada.page, bob.name);
  await expect(arrived(ada.page).first()).toBeVisible();
  await ada.page.mouse.move(600, 300);
  await ada.page.mouse.wheel(0, 5_000);
  await ada.page.mouse.wheel(0, -45);
  await expect.poll(() => timeline(ada.page).evaluate((element) => element.scrollTop)).toBeLessThan(-30);
  await post(bob, room, "and this?");
  await expect(message(ada.page, "and this?")).toBeInViewport({ ratio: 1 });
});

test("a conversation in which one said something is again where one left it", async ({ browser }) => {
  const { ada, bob, room } = await talked(browser, 600, 4);
  await read(ada, room);
  await expect(conversation(ada.page, bob.name)).not.toContainText("unread");
  await enter(ada.page, bob.name);
  await composer(ada.page).fill("said just now");
  await composer(ada.page).press("Enter");
  await expect(arrived(ada.page).filter({ hasText: "said just now" })).toBeInViewport();
  await ada.page.mouse.move(600, 300);
  await ada.page.mouse.wheel(0, -250);
  await expect(message(ada.page, "said just now")).not.toBeInViewport();
  const before = await atRest(ada, "Number 33.");
  await enter(ada.page, "Lobby");
  await enter(ada.page, bob.name);
  await expect(message(ada.page, "Number 33.")).toBeInViewport();
  expect(Math.abs((await atRest(ada, "Number 33.")) - before)).toBeLessThanOrEqual(2);
});

test("a button pages 35 old messages by tens to the first", async ({ browser }) => {
  // A window so high that nothing scrolls.
  const { ada, bob } = await talked(browser, 4_000);
  await enter(ada.page, bob.name);
  const older = timeline(ada.page).getByRole("link", { name: "Older messages" });
  for (const count of [10, 20, 30]) {
    await expect(arrived(ada.page)).toHaveCount(count);
    await expect(arrived(ada.page).first()).toContainText(`Number ${36 - count}.`);
    const before = await height(ada, "Number 35.");
    await older.click();
    await expect(arrived(ada.page)).not.toHaveCount(count);
    expect(Math.abs((await height(ada, "Number 35.")) - before)).toBeLessThanOrEqual(1);
  }
  await expect(arrived(ada.page)).toHaveCount(35);
  const words = await arrived(ada.page).locator(".bubble").allInnerTexts();
  expect(words).toEqual(Array.from({ length: 35 }, (_, n) => `Number ${n + 1}.`));
  await expect(older).toHaveCount(0);
  await expect(ada.page.getByText("This is where the conversation begins.")).toBeVisible();
});

test("scrolling up brings older messages, and what is read stays in its place", async ({ browser }) => {
  const { ada, room } = await talked(browser, 600, 4);
  const { page } = ada;
  await read(ada, room);
  await open(page, `/room/${room}`);
  await expect(message(page, "Number 35.")).toBeInViewport();
  await expect(arrived(page)).toHaveCount(10);
  await timeline(page).hover();
  for (const count of [10, 20, 30]) {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route("**/api/history?*", async (route) => {
      await released;
      await route.continue();
    });
    let asked = false;
    void page.waitForRequest(/\/api\/history\?/).then(() => (asked = true));
    const first = `Number ${36 - count}.`;
    await expect(async () => {
      await page.mouse.wheel(0, -200);
      expect(asked).toBe(true);
    }).toPass({ intervals: [50] });
    const before = await atRest(ada, first);
    release();
    await expect(arrived(page)).toHaveCount(Math.min(count + 10, 35));
    const after = await height(ada, first);
    expect(Math.abs(after - before), `${first} jumped from ${before} to ${after}`).toBeLessThanOrEqual(2);
    await page.unroute("**/api/history?*");
  }
  await expect(message(page, "Number 1.")).toHaveCount(1);
  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(message(page, "Number 35.")).toBeInViewport();
});

test("news does not move what somebody reads further up, and offers the way down", async ({ browser }) => {
  const { ada, bob, room } = await talked(browser, 600, 4);
  const { page } = ada;
  await read(ada, room);
  await open(page, `/room/${room}`);
  await timeline(page).hover();
  await expect(async () => {
    await page.mouse.wheel(0, -300);
    await expect(message(page, "Number 28.")).toBeInViewport({ timeout: 200 });
  }).toPass();
  const before = await atRest(ada, "Number 28.");
  await post(bob, room, "And one more.");
  await expect(message(page, "And one more.")).toHaveCount(1);
  expect(Math.abs((await height(ada, "Number 28.")) - before)).toBeLessThanOrEqual(2);
  await expect(message(page, "And one more.")).not.toBeInViewport();
  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(message(page, "And one more.")).toBeInViewport();
  await post(bob, room, "At the end it follows.");
  await expect(message(page, "At the end it follows.")).toBeInViewport();
});

test("what one says is seen, wherever one was reading", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  for (let n = 1; n <= 25; n++) await post(bob, room, `A line that takes its room, number ${n}.\n\n\n\n`.repeat(3));
  const { page } = ada;
  await page.reload();
  await timeline(page).hover();
  await page.mouse.wheel(0, -3_000);
  await expect(page.getByRole("button", { name: "To the newest message" })).toBeVisible();
  await composer(page).fill("said from further up");
  await composer(page).press("Enter");
  await expect(message(page, "said from further up")).toBeInViewport();
  await expect(arrived(page).last()).toBeInViewport();
});

test("a conversation that is opened again is where it was left", async ({ browser }) => {
  const { ada, bob, room } = await talked(browser, 600, 4);
  await read(ada, room);
  await expect(conversation(ada.page, bob.name)).not.toContainText("unread");
  await enter(ada.page, bob.name);
  await expect(message(ada.page, "Number 35.")).toBeInViewport();
  await timeline(ada.page).hover();
  await ada.page.mouse.wheel(0, -700);
  await expect(message(ada.page, "Number 35.")).not.toBeInViewport();
  const before = await atRest(ada, "Number 30.");
  await enter(ada.page, "Lobby");
  await post(bob, room, "Number 36.");
  await expect(conversation(ada.page, bob.name)).toContainText("1 unread");
  await enter(ada.page, bob.name);
  await expect(arrived(ada.page).filter({ hasText: "Number 36." })).toHaveCount(1);
  expect(Math.abs((await atRest(ada, "Number 30.")) - before)).toBeLessThanOrEqual(1);
  // Not seen yet, so not read.
  await expect(conversation(ada.page, bob.name)).toContainText("1 unread");
  await ada.page.getByRole("button", { name: "To the newest message" }).click();
  await expect(message(ada.page, "Number 36.")).toBeInViewport();
  await expect(conversation(ada.page, bob.name)).not.toContainText("unread");
  await enter(ada.page, "Lobby");
  await enter(ada.page, bob.name);
  await expect(message(ada.page, "Number 36.")).toBeInViewport();
});

test("of many unread messages one gets to the first", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  for (let n = 1; n <= 30; n++) await post(bob, room, `Number ${n}.`);
  await expect(conversation(ada.page, bob.name)).toContainText("30 unread");
  await enter(ada.page, bob.name);
  const first = ada.page.getByRole("link", { name: "First unread" });
  await first.click();
  await expect(message(ada.page, "Number 1.")).toBeInViewport();
  await expect(timeline(ada.page).getByText("New messages")).toBeInViewport();
  await expect(first).toHaveCount(0);
});

test("a message's own address shows it in its place, whatever comes in around it", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { viewport: { width: 1280, height: 800 } }), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  for (let n = 1; n <= 27; n++) await post(bob, room, `Number ${n}.`);
  // What is missing after it comes in at any moment: so it is looked at several times.
  for (let time = 0; time < 6; time++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, storageState: await ada.context.storageState() });
    const page = await context.newPage();
    await open(page, `/room/${room}?at=3#m-3`);
    await expect(arrived(page)).toHaveCount(27);
    // In the middle.
    expect(Math.abs((await atRest({ ...ada, page }, "Number 3.")) - 400)).toBeLessThan(100);
    await context.close();
  }
});

test("older messages that did not come are asked for again by themselves", async ({ browser }) => {
  const { ada, bob } = await talked(browser, 4_000);
  await enter(ada.page, bob.name);
  await expect(arrived(ada.page)).toHaveCount(10);
  let lost = 0;
  await ada.page.route("**/api/history*", (route) => (lost++ < 2 ? route.abort() : route.continue()));
  await timeline(ada.page).getByRole("link", { name: "Older messages" }).click();
  await expect(timeline(ada.page).getByRole("alert")).toHaveText("The server does not answer. Is this device connected?");
  await expect(arrived(ada.page)).toHaveCount(20);
  await expect(timeline(ada.page).getByRole("alert")).toHaveCount(0);
  expect(lost).toBe(3);
});

test("what changes while a page of history is on its way is shown as it is then", async ({ browser }) => {
  const { ada, bob, room } = await talked(browser, 4_000);
  const { page } = ada;
  /** Reads the next page of history, and gives it to the page after `meanwhile`. */
  const slowly = async (ask: () => Promise<unknown>, meanwhile: () => Promise<unknown>) => {
    const given = new Promise<void>((resolve) => {
      void page.route("**/api/history*", async (route) => {
        const response = await route.fetch();
        await meanwhile();
        await route.fulfill({ response });
        resolve();
      }, { times: 1 });
    });
    await ask();
    await given;
  };
  await enter(page, bob.name);
  await expect(arrived(page)).toHaveCount(10);
  const older = timeline(page).getByRole("link", { name: "Older messages" });
  await slowly(
    () => older.click(),
    async () => {
      await bob.context.request.post("/api/edit", { form: { room, seq: 20, body: "Number 20, edited." } });
      await bob.context.request.post("/api/delete", { form: { room, seq: 22 } });
      await post(bob, room, "heard");
      await expect(message(page, "heard")).toBeVisible();
    },
  );
  await expect(message(page, "Number 17.")).toBeVisible();
  await expect(page.locator("#m-22")).toContainText("This message was deleted.");
  await expect(page.locator("#m-20")).toContainText("edited");

  // A page that begins far back asks for the newest.
  await slowly(
    () => open(page, `/room/${room}?at=4#m-4`),
    async () => {
      await post(bob, room, "said meanwhile");
      await expect(conversation(page, bob.name)).toContainText("said meanwhile");
    },
  );
  await post(bob, room, "and after");
  await expect(message(page, "and after")).toHaveCount(1);
  await expect(message(page, "said meanwhile")).toHaveCount(1);
});

test("who is led to an old message has not read the new ones, and is not led there again", async ({ browser }) => {
  const { ada, bob, room } = await talked(browser, 600, 4);
  const { page } = ada;
  await read(ada, room);
  for (const words of ["new one", "new two"]) await post(bob, room, words);
  await open(page, `/room/${room}?at=4#m-4`);
  await expect(message(page, "Number 4.")).toBeInViewport();
  await expect(message(page, "new two")).toHaveCount(1);
  await page.waitForTimeout(500);
  await expect(conversation(page, bob.name)).toContainText("2 unread");

  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(message(page, "new two")).toBeInViewport();
  await expect(conversation(page, bob.name)).not.toContainText("unread");
  await enter(page, "Lobby");
  await page.goBack();
  await expect(message(page, "new two")).toBeInViewport();

  // A message's address, as it is copied, leads there within the page.
  const address = `${new URL(page.url()).origin}/room/${room}?at=4#m-4`;
  await composer(page).fill(address);
  await composer(page).press("Enter");
  await expect(arrived(page).last().getByRole("link")).toBeVisible();
  await arrived(page).last().getByRole("link").click();
  await expect(message(page, "Number 4.")).toBeInViewport();
  expect(ada.context.pages()).toHaveLength(1);
});
