import type { Page } from "@playwright/test";
import { absent, expect, open, person, test } from "./fixtures.ts";
import { arrived, banner, composer, conversation, enter, meet, message, post, say, timeline } from "./chat.ts";
import { attach, text } from "./pictures.ts";

const NO_ANSWER = "The server does not answer. Reconnecting…";

/** Marks the page; the mark is gone after a reload. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { still: true }));
  return () => page.evaluate(() => "still" in window);
}

for (const how of ["stop", "kill"] as const) {
  const title = { stop: "stopped and started again", kill: "killed and started again" }[how];
  test(`the server is ${title}: the page recovers, and what was unsent goes out once`, async ({ browser, server }) => {
    const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
    await meet(ada.page, bob.name);
    await meet(bob.page, ada.name);
    await say(ada.page, "before");
    await expect(message(bob.page, "before")).toBeVisible();
    const still = await mark(ada.page);

    const face = conversation(ada.page, bob.name).locator(".avatar");
    const dot = () => face.evaluate((face) => getComputedStyle(face, "::after").display);
    expect(await dot()).toBe("block");
    await server[how]();
    await expect(banner(ada.page)).toContainText(NO_ANSWER);
    expect(await dot(), "nobody knows who is here").toBe("none");
    await say(ada.page, "while it was away");
    await expect(composer(ada.page)).toHaveValue("");
    await expect(message(ada.page, "while it was away")).toContainText("Sending…");
    await composer(ada.page).fill("a thought in the making");

    await server.start();
    await expect(arrived(bob.page)).toHaveCount(2);
    await expect(arrived(ada.page)).toHaveCount(2);
    await expect(banner(ada.page)).toBeEmpty();
    await expect(banner(bob.page)).toBeEmpty();
    await say(bob.page, "welcome back");
    await expect(message(ada.page, "welcome back")).toBeVisible();
    for (const { page } of [ada, bob]) {
      await expect(message(page, "while it was away")).toHaveCount(1);
      await expect(timeline(page).locator("li.msg")).toHaveCount(3);
    }
    await expect(composer(ada.page)).toHaveValue("a thought in the making");
    expect(await still()).toBe(true);
  });
}

test("what waits goes at once when the server answers again, however long it was away", async ({ browser }) => {
  const [{ page }, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(page, bob.name);
  // Each pause is as long as it may be.
  await page.evaluate(() => Object.assign(Math, { random: () => 1 }));
  let tries = 0;
  const away = /\/api\/(send|poll|media)/;
  await page.route(away, (route) => {
    if (route.request().url().includes("/send")) tries++;
    return route.abort();
  });
  await attach(page, text("list.txt"));
  await say(page, "with a file");
  await expect(page.getByText("with a file")).toBeVisible();
  await enter(page, "Lobby");
  await say(page, "at last");
  await expect.poll(() => tries, { timeout: 20_000 }).toBe(4);
  await expect(banner(page)).toContainText(NO_ANSWER);
  await page.unroute(away);
  await expect(banner(page)).toBeEmpty({ timeout: 10_000 });
  await expect(arrived(page).filter({ hasText: "at last" })).toBeVisible({ timeout: 2_000 });
  await enter(page, bob.name);
  await expect(arrived(page).filter({ hasText: "with a file" })).toBeVisible({ timeout: 3_000 });
});

test("what was unsent survives a reload, in its order, and goes out once", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await ada.page.route("**/api/send", (route) => route.abort());
  for (const words of ["first", "second", "third"]) await say(ada.page, words);
  await expect(timeline(ada.page).getByText("Sending…")).toHaveCount(3);
  await open(ada.page, `/room/${room}`);
  await expect(timeline(ada.page).locator("li.msg")).toHaveCount(3);
  await ada.page.unroute("**/api/send");
  await expect(arrived(ada.page)).toHaveCount(3, { timeout: 15_000 });
  await enter(bob.page, ada.name);
  await expect(arrived(bob.page).locator(".bubble")).toHaveText(["first", "second", "third"]);
  await open(ada.page, `/room/${room}`);
  await expect(timeline(ada.page).locator("li.msg")).toHaveCount(3);
});

test("an answer that is lost on its way does not double the message", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  let lost = 0;
  await ada.page.route("**/api/send", async (route) => {
    await route.fetch();
    if (lost++ < 2) await route.abort();
    else await route.continue();
  });
  await say(ada.page, "only once");
  await say(ada.page, "and then this");
  await expect(arrived(bob.page).locator(".bubble")).toHaveText(["only once", "and then this"]);
  await expect(timeline(ada.page).getByText("Sending…")).toHaveCount(0);
  await expect(timeline(ada.page).locator("li.msg")).toHaveCount(2);
  expect(lost).toBeGreaterThan(1);
});

test("an answer that is lost before a reload does not double the message either", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  const room = await meet(page, bob.name);
  let lost = 0;
  await page.route("**/api/poll*", (route) => route.abort());
  await page.route("**/api/send", async (route) => {
    await route.fetch();
    lost++;
    await route.abort();
  });
  await say(page, "only once");
  await expect.poll(() => lost).toBeGreaterThan(0);
  await page.unrouteAll({ behavior: "wait" });
  const again = page.waitForResponse("**/api/send");
  await open(page, `/room/${room}`);
  await again;
  await expect(timeline(page).getByText("Sending…")).toHaveCount(0);
  await expect(timeline(page).locator("li.msg")).toHaveCount(1);
  await expect(message(page, "only once")).toHaveAttribute("id", "m-1");
});

test("what the server refuses says why, and can be tried again or discarded", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const form = { room: 999_999, client_id: "0".repeat(32), body: "?" };
  const refusal = await ada.context.request.post("/api/send", { form });
  await ada.page.route("**/api/send", (route) => route.fulfill({ response: refusal }));
  await say(ada.page, "to be tried again");
  await say(ada.page, "to be discarded");
  const failed = timeline(ada.page).getByText("Not sent. It does not exist, or you are not a member.");
  await expect(failed).toHaveCount(2);
  await ada.page.unroute("**/api/send");
  await message(ada.page, "to be discarded").getByRole("button", { name: "Discard" }).click();
  await expect(message(ada.page, "to be discarded")).toHaveCount(0);
  await expect(timeline(ada.page)).toBeFocused();
  await message(ada.page, "to be tried again").getByRole("button", { name: "Try again" }).click();
  await expect(arrived(bob.page).locator(".bubble")).toHaveText(["to be tried again"]);
  await expect(failed).toHaveCount(0);
});

test("a device without network says so, keeps what is written, and catches up", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await ada.context.setOffline(true);
  await expect(banner(ada.page)).toContainText("This device has no network.");
  await say(ada.page, "from the tunnel");
  await post(bob, room, "said meanwhile");
  await expect(message(ada.page, "from the tunnel")).toContainText("Sending…");
  await ada.context.setOffline(false);
  await expect(message(bob.page, "from the tunnel")).toHaveCount(1);
  await expect(message(ada.page, "said meanwhile")).toBeVisible();
  await expect(banner(ada.page)).toBeEmpty();
  await expect(arrived(ada.page)).toHaveCount(2);
});

test("what waits to be sent is in its order, also when the clock is set back", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  await page.route("**/api/send", (route) => route.abort());
  await say(page, "first");
  await page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() - 30_000;
  });
  await say(page, "second");
  await expect(timeline(page).locator("li.msg .bubble")).toHaveText(["first", "second"]);
  await page.unroute("**/api/send");
  await expect(arrived(page).locator(".bubble")).toHaveText(["first", "second"]);
});

test("what was refused since its group is gone is not lost", async ({ browser }) => {
  const [ada, bob] = await Promise.all([absent(browser, "ada"), person(browser, "bob")]);
  const made = await ada.context.request.post("/api/create_group", { form: { name: `Gone ${ada.name}`, public: true } });
  const room = Number(await made.text());
  await bob.context.request.post("/api/join_group", { form: { room } });
  await open(bob.page, `/room/${room}`);
  await bob.page.route("**/api/send", (route) => route.abort());
  await say(bob.page, "one more thing");
  const id = (await bob.context.request.get("/api/snapshot").then((answer) => answer.json())).me.id;
  const removed = await ada.context.request.post("/api/remove_member", { form: { room, user: id } });
  expect(removed.ok(), await removed.text()).toBe(true);
  await bob.page.unroute("**/api/send");
  await expect(bob.page.getByRole("heading", { name: "This conversation cannot be shown" })).toBeVisible();
  const lost = bob.page.locator("li.msg").filter({ hasText: "one more thing" });
  await expect(lost).toContainText("Not sent.");
  await lost.getByRole("button", { name: "Discard" }).click();
  await expect(lost).toHaveCount(0);
});
