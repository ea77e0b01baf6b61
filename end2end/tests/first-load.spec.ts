import { Server, expect, person, test } from "./fixtures.ts";
import { arrived, composer, enter, roomOf, say } from "./chat.ts";

/** All of HTML, CSS, JavaScript and WASM, as it goes over the wire; bytes. */
const LIMIT = 250_000;

test("the first load of a conversation stays within its limit over the wire", async ({ browser, database }, info) => {
  // On a server of its own, for the people and rooms of other tests would stand in the page.
  const server = await Server.create(database);
  const baseURL = server.url;
  // Of another one, for whether one's own was seen is a part of its own.
  const [ada, bob] = await Promise.all([person(browser, "ada", { baseURL }), person(browser, "bob", { baseURL })]);
  await enter(ada.page, "Lobby");
  await enter(bob.page, "Lobby");
  // What others say there meanwhile would load the part that tells of it.
  await ada.context.request.post("/api/set_notify", { form: { room: roomOf(ada.page), notify: "nothing" } });
  await say(bob.page, `a message that the page holds, ${bob.name}, https://a.example`);
  await expect(arrived(ada.page).filter({ hasText: bob.name })).toHaveCount(1);
  const room = roomOf(ada.page);
  // Another window of hers, with nothing in its cache.
  const fresh = await browser.newContext({ baseURL, storageState: await ada.context.storageState() });
  const page = await fresh.newPage();
  const network = await fresh.newCDPSession(page);
  await network.send("Network.enable");
  const addresses = new Map<string, string>();
  const loaded: { path: string; bytes: number }[] = [];
  network.on("Network.responseReceived", ({ requestId, response }) => addresses.set(requestId, response.url));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = new URL(addresses.get(requestId) ?? "data:").pathname;
    if (!path.startsWith("/api/")) loaded.push({ path, bytes: encodedDataLength });
  });
  const awake = page.waitForResponse(/\/api\/poll/);
  await page.goto(`/room/${room}`);
  await awake;
  await page.waitForLoadState("load");
  await fresh.close();
  await server.remove();
  const total = loaded.reduce((sum, { bytes }) => sum + bytes, 0);
  const told = loaded.map(({ path, bytes }) => `${path}: ${bytes}`).join("\n");
  await info.attach("first load", { body: `${total} bytes\n${told}`, contentType: "text/plain" });
  // One script, and none of the program's later parts.
  for (const kind of [/^\/room\//, /\.css$/, /\.js$/, /\.wasm$/]) {
    const files = loaded.filter(({ path }) => kind.test(path));
    expect(files, `${kind} once in:\n${told}`).toHaveLength(1);
  }
  expect(total, told).toBeLessThanOrEqual(LIMIT);
  console.log(`First load: ${total} bytes over the wire`);
});

test("the first answer can be read before any script runs", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await enter(ada.page, "Lobby");
  const words = `readable at once, ${ada.name}`;
  await say(ada.page, words);
  await expect(arrived(ada.page).filter({ hasText: words })).toHaveCount(1);
  const answer = await ada.context.request.get(`/room/${roomOf(ada.page)}`);
  const html = (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, "");
  expect(html).toContain(words);
  expect(html).toContain("Lobby");
  expect(answer.headers()["content-security-policy"]).toMatch(/script-src [^;]*'nonce-/);
  expect(answer.headers()["content-security-policy"]).not.toMatch(/script-src [^;]*'unsafe-inline'/);
  expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
  expect(answer.headers()["referrer-policy"]).toBeTruthy();
});

test("what happened to a group looks from the first as it does later", async ({ browser }) => {
  const { page, context } = await person(browser, "ada");
  const answer = await context.request.post("/api/create_group", { form: { name: "Books", public: false } });
  expect(answer.ok(), await answer.text()).toBe(true);
  // Some other part of the page may bring the rest of the style.
  await page.route(/later\.[0-9a-f]+\.css/, (route) => route.abort());
  await page.goto(`/room/${(await answer.json()) as number}`);
  const event = page.locator("li.event").first();
  expect(await event.evaluate((line) => getComputedStyle(line).textAlign)).toBe("center");
});

test("a part that is needed later is loaded when it is opened, and asked for until it is there", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await enter(ada.page, "Lobby");
  const parts: string[] = [];
  ada.page.on("request", (request) => {
    if (/split_/.test(request.url())) parts.push(new URL(request.url()).pathname.replace(/^.*\//, ""));
  });
  let lost = 0;
  await ada.page.route(/split_emoji/, (route) => (lost++ < 1 ? route.abort() : route.continue()));
  const open = ada.page.getByRole("button", { name: "Emoji", exact: true });
  await open.click();
  await expect(ada.page.getByRole("dialog", { name: "Emoji" }).getByRole("searchbox")).toBeVisible();
  expect(parts).toEqual(["split_emoji.wasm", "split_emoji.wasm"]);
});

test("a page that is older than the server begins anew when it needs what is not there any more", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await enter(ada.page, "Lobby");
  await composer(ada.page).fill("not sent yet");
  let asked = 0;
  await ada.page.route(/split_emoji/, (route) => (asked++ < 1 ? route.fulfill({ status: 404 }) : route.continue()));
  const begun = ada.page.waitForEvent("load");
  const open = ada.page.getByRole("button", { name: "Emoji", exact: true });
  await open.click();
  await begun;
  await expect(ada.page.locator(".app[data-awake]")).toBeAttached();
  await expect(composer(ada.page)).toHaveValue("not sent yet");
  await open.click();
  await expect(ada.page.getByRole("dialog", { name: "Emoji" }).getByRole("searchbox")).toBeVisible();
});
