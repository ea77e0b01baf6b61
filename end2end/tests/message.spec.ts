import { absent, expect, open, person, problems, test } from "./fixtures.ts";
import { arrived, bubble, composer, conversation, enter, meet, message, post, say, timeline } from "./chat.ts";

test("a message arrives at the other side without a reload", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const found = [ada, bob].map(({ page }) => problems(page));
  for (const { page } of [ada, bob]) {
    await page.evaluate(() => Object.assign(window, { still: true }));
    await enter(page, "Lobby");
  }
  await say(ada.page, `Hello from ${ada.name}`);
  await expect(composer(ada.page)).toHaveValue("");
  await expect(message(bob.page, `Hello from ${ada.name}`)).toContainText(ada.name);
  await say(bob.page, `Hello back, ${ada.name}`);
  await expect(message(ada.page, `Hello back, ${ada.name}`)).toContainText(bob.name);
  await expect(message(ada.page, `Hello from ${ada.name}`)).toHaveCount(1);
  for (const { page } of [ada, bob]) expect(await page.evaluate(() => "still" in window)).toBe(true);
  expect(found).toEqual([[], []]);
});

test("two who write at once read the same, in the same order, each message once", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const talk = async (page: typeof ada.page, who: string) => {
    for (let n = 1; n <= 5; n++) await say(page, `${who} says ${n}`);
  };
  await Promise.all([talk(ada.page, "A"), talk(bob.page, "B")]);
  await expect(arrived(ada.page)).toHaveCount(10);
  await expect(arrived(bob.page)).toHaveCount(10);
  const words = await arrived(ada.page).locator(".bubble").allInnerTexts();
  expect(await arrived(bob.page).locator(".bubble").allInnerTexts()).toEqual(words);
  for (const who of ["A", "B"]) {
    const own = words.filter((text) => text.startsWith(who));
    expect(own).toEqual([1, 2, 3, 4, 5].map((n) => `${who} says ${n}`));
  }
  await expect(timeline(ada.page).locator("li.msg")).toHaveCount(10);
});

test("messages of one sender that follow each other are one group", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  for (const words of ["one", "two", "three"]) await post(bob, room, words);
  await post(ada, room, "four");
  await expect(arrived(ada.page)).toHaveCount(4);
  await expect(arrived(ada.page).getByText(bob.name, { exact: true })).toHaveCount(1);
  await expect(arrived(ada.page).getByRole("time")).toHaveCount(2);
});

test("only web addresses are links, and they open apart from the page", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await say(ada.page, "look: http://192.168.1.20:3000/docs. or 见https://a.example/b?c=1，好");
  const links = bubble(bob.page, "look:").getByRole("link");
  await expect(links).toHaveText(["http://192.168.1.20:3000/docs", "https://a.example/b?c=1"]);
  for (const link of await links.all()) {
    await expect(link).toHaveAttribute("rel", /\bnoopener\b/);
    await expect(link).toHaveAttribute("target", "_blank");
  }
  await say(ada.page, "not: javascript:alert(1) javascript://a.example/%0aalert(1) data:text/html,x ftp://a.example");
  await expect(bubble(bob.page, "not:")).toBeVisible();
  await expect(bubble(bob.page, "not:").getByRole("link")).toHaveCount(0);
});

test("a message has at most 8,000 characters, and the rest is counted down", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const { page } = ada;
  await composer(page).fill("字".repeat(7_499));
  await expect(page.getByText(/^Characters left/)).toHaveCount(0);
  await composer(page).fill("字".repeat(8_001));
  await expect(page.getByText("Characters too many: 1")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("字".repeat(8_001));
  await composer(page).fill("字".repeat(8_000));
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(arrived(bob.page)).toHaveCount(1);
  expect(await arrived(bob.page).locator(".bubble").innerText()).toBe("字".repeat(8_000));
});

test("what is blank is not sent", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await enter(ada.page, "Lobby");
  let sent = 0;
  ada.page.on("request", (request) => (sent += Number(request.url().endsWith("/api/send"))));
  await say(ada.page, " \n \t");
  await say(ada.page, `but this is, ${ada.name}`);
  await expect(arrived(ada.page).filter({ hasText: `but this is, ${ada.name}` })).toHaveCount(1);
  expect(sent).toBe(1);
});

test("days are set apart, and each message stands at its reader's own time", async ({ browser }) => {
  const [ada, bob] = await Promise.all([
    person(browser, "ada", { timezoneId: "Asia/Shanghai" }),
    person(browser, "bob", { timezoneId: "America/New_York" }),
  ]);
  const room = await meet(ada.page, bob.name);
  for (const words of ["long ago", "a day ago", "now"]) await post(ada, room, words);
  // History as it will be once these messages have aged: 400 days, one day, none.
  await bob.context.route("**/api/history?*", async (route) => {
    const answer = await route.fetch();
    const page = (await answer.json()) as { messages: { created: number }[] };
    const days = [400, 1, 0];
    page.messages.forEach((message, index) => (message.created -= (days[index] ?? 0) * 86_400_000));
    await route.fulfill({ response: answer, json: page });
  });
  await enter(bob.page, ada.name);
  const separators = timeline(bob.page).locator("li.day");
  await expect(separators).toHaveText([/^\d+ [A-Z][a-z]{2} 20\d\d$/, "Yesterday", "Today"]);

  for (const [page, timeZone] of [[ada.page, "Asia/Shanghai"], [bob.page, "America/New_York"]] as const) {
    const time = message(page, "now").getByRole("time");
    const shown = page === ada.page ? message(page, "long ago").getByRole("time") : time;
    const sent = new Date((await shown.getAttribute("datetime")) ?? "");
    await expect(shown).toHaveText(sent.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }));
  }
});

test("what is being written is kept for each room, also over a reload", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const { page } = ada;
  const room = await meet(page, bob.name);
  await composer(page).fill("half a thought\nfor bob");
  await enter(page, "Lobby");
  await expect(composer(page)).toHaveValue("");
  await composer(page).fill("for all");
  await open(page, `/room/${room}`);
  await expect(composer(page)).toHaveValue("half a thought\nfor bob");
  await composer(page).press("Enter");
  await expect(arrived(page)).toHaveCount(1);
  await open(page, `/room/${room}`);
  await expect(composer(page)).toHaveValue("");
  await enter(page, "Lobby");
  await expect(composer(page)).toHaveValue("for all");
  await expect(conversation(bob.page, ada.name)).toContainText("half a thought");
});

test("a visible page asks about once a second", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const answered = () => ada.page.waitForResponse(/\/api\/poll/);
  await answered();
  const pauses: number[] = [];
  for (let last = Date.now(); pauses.length < 4; ) {
    const answer = await (await answered()).text();
    const now = Date.now();
    // After news, others who leave say, it asks again at once.
    if (answer === "null") pauses.push(now - last);
    last = now;
  }
  const pause = pauses.reduce((sum, one) => sum + one, 0) / pauses.length;
  expect(pause).toBeGreaterThan(700);
  expect(pause).toBeLessThan(1_600);
});
