import { absent, expect, open, person, test } from "./fixtures.ts";
import { arrived, banner, composer, message, meet, post, timeline } from "./chat.ts";
import { png } from "./pictures.ts";

test("after a long absence what is read stays in its place, and the gap fills when it is reached", async ({ browser }) => {
  test.setTimeout(120_000);
  const [ada, ...others] = await Promise.all(["ada", "bob", "cyd", "dan", "eve"].map((name) => person(browser, name)));
  if (!ada) throw new Error("five people");
  await Promise.all(others.map((other) => other.page.close()));
  const talk = async (from: number, to: number) => {
    for (let n = from; n <= to; n++) await post(others[n % others.length]!, 1, `Line ${n} for ${ada.name}.`);
  };
  await talk(1, 40);
  await open(ada.page, "/room/1");
  const { page } = ada;
  const log = timeline(page);
  await log.hover();
  // What comes into sight is loaded: a click on the link for it would race with that.
  for (let n = 0; n < 20 && (await arrived(page).count()) < 30; n++) {
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(200);
  }
  const read = message(page, `Line 15 for ${ada.name}.`);
  await read.scrollIntoViewIfNeeded();
  const before = await read.boundingBox();
  await ada.context.setOffline(true);
  await talk(41, 160);
  await ada.context.setOffline(false);
  const gap = log.getByRole("button", { name: "Messages in between" });
  await expect(gap).toHaveCount(1, { timeout: 15_000 });
  await expect(message(page, `Line 160 for ${ada.name}.`)).toHaveCount(1);
  await expect(banner(page)).toBeEmpty();
  const moved = async () => Math.abs(((await read.boundingBox())?.y ?? 0) - (before?.y ?? 999));
  await expect.poll(moved).toBeLessThan(3);

  // Ten lines come between it and what stands below it, so it is scrolled to again and again.
  for (let n = 0; n < 60 && (await gap.count()) > 0; n++) {
    await gap.evaluateAll((gaps) => gaps[0]?.scrollIntoView());
    await page.waitForTimeout(150);
  }
  await expect(gap).toHaveCount(0);
  const lines = (await arrived(page).locator(".bubble").allInnerTexts()).map((text) => Number(/\d+/.exec(text)?.[0]));
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, n) => 160 - lines.length + 1 + n));
  expect(lines[0]).toBeLessThanOrEqual(15);
});

test("a picture whose upload the server's end broke goes up by itself, once", async ({ browser, server }) => {
  test.setTimeout(60_000);
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  await composer(ada.page).fill("a whole thought");
  const network = await ada.context.newCDPSession(ada.page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 20_000 };
  await network.send("Network.emulateNetworkConditions", slow);
  await ada.page.locator("main input[type=file]").setInputFiles(png("harbour.png", 300, 200, true));
  await expect(ada.page.locator(".upload")).toBeVisible();
  await ada.page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(ada.page.getByText("It is sent as soon as everything is up.")).toBeVisible();
  await server.kill();
  await expect(ada.page.locator(".upload.failed")).toBeVisible();
  await network.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await server.start();
  await expect(ada.page.getByRole("img", { name: "harbour.png" })).toHaveCount(1, { timeout: 20_000 });
  await expect(ada.page.locator(".upload")).toHaveCount(0);
  await expect(arrived(ada.page)).toHaveCount(1);
  await expect(message(ada.page, "a whole thought").getByRole("img")).toHaveCount(1);
  await expect(composer(ada.page)).toHaveValue("");
});
