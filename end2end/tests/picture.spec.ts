import { absent, expect, person, test } from "./fixtures.ts";
import { arrived, composer, meet, timeline } from "./chat.ts";
import { attach, choose, png, stored, transfer, waiting } from "./pictures.ts";

test("a picture is a thumbnail at its right size before it is loaded, and opens large", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let asked = 0;
  await bob.context.route("**/media/*/thumb", async (route) => {
    await released;
    // One answer is lost, which is no reason to show nothing.
    await (asked++ ? route.continue() : route.abort());
  });
  await choose(ada.page, png("harbour.png", 1_600, 800));
  const thumbnail = timeline(bob.page).getByRole("img", { name: "harbour.png" });
  await expect(thumbnail).toHaveCount(1);
  const loaded = () => thumbnail.evaluate((img: HTMLImageElement) => img.naturalWidth);
  expect(await loaded()).toBe(0);
  const before = await thumbnail.boundingBox();
  expect(before?.width).toBeGreaterThan(100);
  expect((before?.width ?? 0) / (before?.height ?? 1)).toBeCloseTo(2, 1);
  release();
  await expect.poll(loaded).toBeGreaterThan(0);
  expect(await thumbnail.boundingBox()).toEqual(before);
  expect(await loaded()).toBeLessThan(1_600);

  await thumbnail.click();
  const large = bob.page.getByRole("dialog", { name: "Picture" });
  const picture = large.getByRole("img", { name: "harbour.png" });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1_600);
  await expect(large.getByRole("link", { name: "Download" })).toHaveAttribute("download", "harbour.png");
  await bob.page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await thumbnail.click();
  await large.getByRole("button", { name: "Close" }).click();
  await expect(large).toBeHidden();
});

test("only the members of its room get a picture", async ({ browser }) => {
  const [ada, bob, eve] = await Promise.all(["ada", "bob", "eve"].map((name) => person(browser, name)));
  if (!ada || !bob || !eve) throw new Error("three people");
  await meet(ada.page, bob.name);
  await choose(ada.page, png("ours.png", 60, 40));
  await expect(arrived(ada.page)).toHaveCount(1);
  const address = (await timeline(ada.page).getByRole("img").getAttribute("src")) ?? "";
  for (const [who, status] of [[ada, 200], [bob, 200], [eve, 404]] as const) {
    expect((await who.context.request.get(address)).status(), who.name).toBe(status);
  }
});

test("a text file named .png is a file by its name, and what is too large is said before it goes up", async ({ browser, server }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  const before = stored(server);
  const big = { name: "big.png", mimeType: "image/png", buffer: Buffer.alloc(10_000_001) };
  await attach(ada.page, big);
  const why = ada.page.getByRole("alert").filter({ hasText: "larger than the limit of 10 MB" });
  await expect(why).toBeVisible();
  await ada.page.getByRole("button", { name: "Remove big.png" }).click();
  await expect(why).toHaveCount(0);
  expect(stored(server)).toBe(before);

  await choose(ada.page, { name: "list.png", mimeType: "image/png", buffer: Buffer.from("eggs, milk, bread") });
  await expect(arrived(ada.page)).toHaveCount(1);
  await expect(timeline(ada.page).getByRole("img")).toHaveCount(0);
  await expect(timeline(ada.page).getByRole("link", { name: "list.png" })).toBeVisible();

  // Of many, too, the refused one is the one that is seen.
  const small = [1, 2, 3, 4, 5].map((n) => ({ name: `${n}.txt`, mimeType: "text/plain", buffer: Buffer.from("x") }));
  await attach(ada.page, ...small, big);
  await expect(why).toBeInViewport();
});

test("an upload shows how far it is, and can be cancelled", async ({ browser, server }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  const before = stored(server);
  const network = await ada.context.newCDPSession(ada.page);
  const slow = (uploadThroughput: number) =>
    network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  await network.send("Network.enable");
  await slow(150_000);
  await attach(ada.page, png("noise.png", 500, 500, true));
  const progress = ada.page.getByRole("progressbar", { name: "Uploading" });
  const percent = () => progress.evaluate((bar: HTMLProgressElement) => bar.value);
  await expect.poll(percent).toBeGreaterThan(0);
  const early = await percent();
  expect(early).toBeLessThan(100);
  await expect.poll(percent).toBeGreaterThan(early);
  await ada.page.getByRole("button", { name: "Remove noise.png" }).click();
  await expect(progress).toHaveCount(0);
  await expect(ada.page.getByText("noise.png")).toHaveCount(0);

  await slow(-1);
  await choose(ada.page, png("calm.png", 60, 40));
  await expect(arrived(ada.page)).toHaveCount(1);
  await expect(timeline(ada.page).getByRole("img", { name: "calm.png" })).toBeVisible();
  // The second one and its thumbnail; of the first, nothing.
  expect(stored(server) - before).toBeLessThanOrEqual(2);
});

test("pictures are dropped into the conversation and pasted into the field", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await transfer(ada.page.getByRole("main"), "drop", png("dropped.png", 60, 40));
  await expect(waiting(ada.page)).toContainText("dropped.png");
  await transfer(composer(ada.page), "paste", png("pasted.png", 60, 40));
  await expect(waiting(ada.page)).toContainText("pasted.png");
  await composer(ada.page).press("Enter");
  await expect(arrived(bob.page)).toHaveCount(1);
  for (const name of ["dropped.png", "pasted.png"]) {
    await expect(timeline(bob.page).getByRole("img", { name })).toBeVisible();
  }
  await expect(waiting(ada.page)).toHaveCount(0);
});
