import { readFileSync, writeFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { absent, expect, open, person, test } from "./fixtures.ts";
import { faults } from "./axe.ts";
import { arrived, composer, conversation, enter, meet, message, timeline } from "./chat.ts";
import { type File, attach, choose, png, stored, text, transfer, waiting, wav } from "./pictures.ts";

const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true });

/** A picture's place, in whole pixels. */
async function places(pictures: Locator): Promise<string[]> {
  const boxes = await pictures.evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height]));
  return boxes.map((box) => box.map(Math.round).join(" "));
}

/** A moving picture that this browser records: half a second of a canvas. */
async function webm(page: Page, name: string): Promise<File> {
  const bytes = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
    const pen = canvas.getContext("2d")!;
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let n = 0; n < 10; n++) {
      pen.fillStyle = n % 2 ? "red" : "blue";
      pen.fillRect(0, 0, 64, 48);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await ended;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return { name, mimeType: "video/webm", buffer: Buffer.from(bytes) };
}

test("several files go with the words in one message, pictures as a grid that stays in its place", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await bob.context.route("**/media/*/thumb", async (route) => {
    await released;
    await route.continue();
  });
  const pictures = [1, 2, 3, 4, 5].map((n) => png(`p${n}.png`, 200 + 40 * n, 150));
  await composer(ada.page).fill("from the harbour");
  await attach(ada.page, ...pictures, text("list.txt"));
  await expect(waiting(ada.page).getByText("p5.png")).toBeVisible();
  await expect(arrived(ada.page)).toHaveCount(0);
  await expect(waiting(ada.page).getByRole("progressbar")).toHaveCount(0);
  await send(ada.page).click();
  await expect(waiting(ada.page)).toHaveCount(0);
  await expect(composer(ada.page)).toHaveValue("");
  await expect(arrived(ada.page)).toHaveCount(1);

  const seen = message(bob.page, "from the harbour");
  const grid = seen.getByRole("img");
  await expect(grid).toHaveCount(5);
  expect(await grid.evaluateAll((all) => all.map((img) => (img as HTMLImageElement).alt))).toEqual(pictures.map(({ name }) => name));
  const before = await places(grid);
  release();
  await expect.poll(() => grid.evaluateAll((all) => all.every((img) => (img as HTMLImageElement).naturalWidth > 0))).toBe(true);
  expect(await places(grid)).toEqual(before);
  await expect(seen.getByRole("link", { name: "list.txt" })).toBeVisible();
  await bob.page.reload();
  await expect(message(bob.page, "from the harbour").getByRole("img")).toHaveCount(5);
  expect(await faults(bob.page, "", ["[role=log]"])).toEqual([]);
});

for (const [width, scheme] of [[360, "light"], [1280, "dark"]] as const) {
  test(`any number of pictures is tidy at ${width} pixels`, async ({ browser }) => {
    test.setTimeout(60_000);
    const options = { viewport: { width, height: 800 }, colorScheme: scheme };
    const [ada, bob] = await Promise.all([person(browser, "ada", options), person(browser, "bob")]);
    await meet(ada.page, bob.name);
    for (const count of [1, 2, 3, 4, 7, 10]) {
      await choose(ada.page, ...Array.from({ length: count }, (_, n) => png(`${n}.png`, 300, 200)));
      await expect(arrived(ada.page).last().getByRole("img")).toHaveCount(count);
      const boxes = await arrived(ada.page).last().locator(".pictures > *").evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ left, right, bottom }) => ({ left, right, bottom })));
      // The last row reaches as far as the first one.
      const right = Math.max(...boxes.map((box) => box.right));
      expect(Math.abs((boxes.at(-1)?.right ?? 0) - right), `${count}`).toBeLessThan(2);
      expect(right).toBeLessThanOrEqual(width);
    }
    expect(await timeline(ada.page).evaluate((log) => log.scrollWidth - log.clientWidth)).toBe(0);
  });
}

test("a file is downloaded with its name and its bytes", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const page = text("报告 \"1\" 😀.html", "<script>document.title = 'run'</script>");
  await choose(ada.page, page);
  const link = timeline(bob.page).getByRole("link", { name: page.name });
  await expect(link).toContainText(`${page.buffer.length} B`);
  const [download] = await Promise.all([bob.page.waitForEvent("download"), link.click()]);
  // Quotes are no part of a file's name on every system.
  expect(download.suggestedFilename()).toMatch(/^报告 .1. 😀\.html$/u);
  expect(readFileSync(await download.path())).toEqual(page.buffer);
});

test("a video and a sound are played in place", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await choose(ada.page, await webm(ada.page, "waves.webm"), wav("waves.wav"));
  const video = timeline(bob.page).locator("video[aria-label='waves.webm']");
  const sound = timeline(bob.page).locator("audio[aria-label='waves.wav']");
  await expect.poll(() => video.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(64);
  await expect.poll(() => sound.evaluate((sound: HTMLAudioElement) => sound.duration)).toBe(2);
  await sound.evaluate(async (sound: HTMLAudioElement) => {
    sound.currentTime = 1.5;
    await sound.play();
  });
  await expect.poll(() => sound.evaluate((sound: HTMLAudioElement) => sound.ended)).toBe(true);
});

test("at 360 pixels files that were refused are told apart by their names", async ({ browser }) => {
  for (const locale of ["en-GB", "zh-CN"]) {
    const { page } = await person(browser, "ada", { locale, viewport: { width: 360, height: 740 } });
    await open(page, "/room/1");
    const cut = (name: string) => ({ ...png(name, 9, 9), buffer: png(name, 9, 9).buffer.subarray(0, 40) });
    await page.locator("main form input[type=file]").setInputFiles([cut("harbour-at-noon.png"), cut("harbour-at-dusk.png")]);
    await expect(page.locator(".upload").getByRole("alert")).toHaveCount(2);
    const names = page.locator(".upload .name");
    await expect(names).toHaveText(["harbour-at-noon.png", "harbour-at-dusk.png"]);
    expect(await names.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length), locale).toBe(0);
  }
});

test("an upload that was refused is dropped or begun again, and nothing goes before", async ({ browser, server }) => {
  test.setTimeout(60_000);
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  const { page } = ada;
  const broken = png("broken.png", 90, 90);
  await attach(page, { ...broken, buffer: broken.buffer.subarray(0, 40) });
  const why = waiting(page).getByRole("alert");
  await expect(why).toHaveText("This picture is damaged and cannot be read.");
  await composer(page).fill("words stay");
  await send(page).click();
  await expect(composer(page)).toHaveValue("words stay");
  await expect(arrived(page)).toHaveCount(0);
  await expect(page.getByText("Take away broken.png to send the rest.")).toBeVisible();
  await page.getByRole("button", { name: "Remove broken.png" }).click();
  await expect(page.getByText("Take away broken.png to send the rest.")).toHaveCount(0);
  await expect(composer(page)).toBeFocused();

  // It is begun again by itself after pauses that grow: the fourth is long enough for a person.
  let attempts = 0;
  await page.route("**/api/media*", (route) => (attempts++ < 4 ? route.abort() : route.continue()));
  await attach(page, text("list.txt"));
  await expect.poll(() => attempts, { timeout: 20_000 }).toBe(4);
  await waiting(page).getByRole("button", { name: "Try again" }).click();
  await expect(why).toHaveCount(0);
  await composer(page).press("Enter");
  await expect(message(page, "words stay").getByRole("link", { name: "list.txt" })).toBeVisible();
  expect(stored(server)).toBeGreaterThan(0);
});

test("what was chosen after all that was to be sent was taken away waits to be sent", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  await page.route("**/api/media*", () => {});
  await attach(page, png("wrong.png", 30, 20));
  await expect(waiting(page).locator(".upload")).toHaveCount(1);
  await send(page).click();
  await page.getByRole("button", { name: "Remove wrong.png" }).click();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await attach(page, png("right.png", 30, 20));
  await expect(waiting(page).locator("img")).toBeVisible();
  await expect(waiting(page).locator(".upload")).toHaveCount(1);
  await send(page).click();
  await expect(arrived(page)).toHaveCount(1);
});

test("cells are pasted as text, and text that is dragged is the field's", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const { page } = ada;
  await enter(page, "Lobby");
  const isTaken = (name: "paste" | "dragover" | "drop", kinds: string[], at = composer(page)) =>
    at.evaluate(
      (element, [name, kinds]) => {
        const data = new DataTransfer();
        for (const kind of kinds) {
          if (kind === "file") data.items.add(new File(["x"], "cells.png", { type: "image/png" }));
          else data.setData(kind, "a\tb");
        }
        const init = { bubbles: true, cancelable: true };
        const event = name === "paste" ? new ClipboardEvent(name, { ...init, clipboardData: data }) : new DragEvent(name, { ...init, dataTransfer: data });
        return !element.dispatchEvent(event);
      },
      [name, kinds] as const,
    );
  expect(await isTaken("dragover", ["text/plain"])).toBe(false);
  await expect(page.getByRole("main")).not.toHaveClass(/dragging/);
  expect(await isTaken("dragover", ["file"])).toBe(true);
  await expect(page.getByRole("main")).toHaveClass(/dragging/);
  const beside = page.getByRole("navigation", { name: "Conversations" });
  for (const name of ["dragover", "drop"] as const) expect(await isTaken(name, ["file"], beside), "not the browser's to open").toBe(true);
  expect(await isTaken("paste", ["text/plain", "text/html", "file"])).toBe(false);
  await expect(waiting(page)).toHaveCount(0);
  expect(await isTaken("paste", ["text/html", "file"]), "a picture of a page").toBe(true);
  await expect(waiting(page).locator(".upload")).toHaveCount(1);
});

test("what is dropped in or pasted waits in its conversation, at most ten", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  const { page } = ada;
  await transfer(page.getByRole("main"), "drop", text("dropped.txt"));
  await transfer(composer(page), "paste", png("pasted.png", 30, 20));
  await expect(waiting(page).locator(".upload")).toHaveCount(2);
  await conversation(page, "Lobby").click();
  await expect(composer(page)).toHaveAccessibleName("Write to Lobby");
  await expect(waiting(page)).toHaveCount(0);
  await conversation(page, bob.name).click();
  await expect(waiting(page).locator(".upload")).toHaveCount(2);
  await attach(page, ...Array.from({ length: 9 }, (_, n) => text(`${n}.txt`)));
  await expect(page.getByText("One message takes at most 10 files.")).toBeVisible();
  await expect(waiting(page).locator(".upload")).toHaveCount(10);
  await page.getByRole("button", { name: "Remove 7.txt" }).click();
  await expect(page.getByText("One message takes at most 10 files.")).toHaveCount(0);
  await send(page).click();
  await expect(arrived(page).getByRole("link")).toHaveCount(9);
});

test("from picture to picture by keys, closer and back, and the focus returns", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  const { page } = ada;
  await choose(page, png("one.png", 300, 200), png("two.png", 300, 200));
  await expect(arrived(page)).toHaveCount(1);
  await choose(page, png("three.png", 900, 600));
  await expect(arrived(page)).toHaveCount(2);
  const opener = timeline(page).getByRole("link", { name: "two.png" });
  await opener.focus();
  await page.keyboard.press("Enter");
  const large = page.getByRole("dialog", { name: "Picture" });
  const shown = (name: string) => expect(large.getByRole("img")).toHaveAccessibleName(name);
  await shown("two.png");
  await expect(large).toContainText("2 / 3");
  await page.keyboard.press("ArrowRight");
  await shown("three.png");
  await expect(large.getByRole("button", { name: "Next picture" })).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("ArrowRight");
  await shown("three.png");
  await large.getByRole("button", { name: "Previous picture" }).click();
  await page.keyboard.press("ArrowLeft");
  await shown("one.png");
  const width = () => large.getByRole("img").evaluate((img) => img.getBoundingClientRect().width);
  // The one before is drawn until it is loaded.
  await expect.poll(width).toBeCloseTo(300, 0);
  const fits = await width();
  await page.keyboard.press("+");
  await expect.poll(width).toBeCloseTo(fits * 1.5, 0);
  await large.getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(width).toBeCloseTo(fits * 2, 0);
  await page.keyboard.press("-");
  await page.keyboard.press("-");
  await expect.poll(width).toBeCloseTo(fits, 0);
  await large.getByRole("img").dblclick();
  await expect.poll(width).toBeCloseTo(fits * 2.5, 0);
  const left = () => large.getByRole("img").evaluate((img) => img.getBoundingClientRect().left);
  const before = await left();
  await large.getByRole("img").hover();
  await page.mouse.down();
  await page.mouse.move(400, 300, { steps: 4 });
  await page.mouse.up();
  expect(await left()).not.toBe(before);
  await large.getByRole("img").dblclick();
  await page.mouse.wheel(0, -100);
  await expect.poll(width).toBeCloseTo(fits * 1.5, 0);
  for (let n = 0; n < 8; n++) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement?.closest("dialog"))).toBe(true);
  }
  expect(await faults(page, "", ["dialog.lightbox"])).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await expect(opener).toBeFocused();
});

test("back closes a large picture, and only then leaves the conversation", async ({ browser }) => {
  const [{ page }, bob] = await Promise.all([person(browser, "ada", { viewport: { width: 360, height: 640 } }), absent(browser, "bob")]);
  const room = new RegExp(`/room/${await meet(page, bob.name)}$`);
  await choose(page, png("one.png", 300, 200));
  const opener = timeline(page).getByRole("link", { name: "one.png" });
  const large = page.getByRole("dialog", { name: "Picture" });
  await opener.click();
  await expect(large.getByRole("img")).toBeVisible();
  await page.goBack();
  await expect(large).toBeHidden();
  await expect(page).toHaveURL(room);
  await opener.click();
  await expect(large.getByRole("img")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(large).toBeHidden();
  await expect.poll(() => page.evaluate(() => history.state as unknown)).toBe("/");
  await expect(page).toHaveURL(room);
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
});

test("a deleted message's files leave the server's disk", async ({ browser, server }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const before = stored(server);
  await choose(ada.page, png("one.png", 30, 20), text("list.txt"));
  const link = timeline(bob.page).getByRole("link", { name: "list.txt" });
  const address = (await link.getAttribute("href")) ?? "";
  expect((await bob.context.request.get(address)).status()).toBe(200);
  expect(stored(server)).toBe(before + 3);
  await arrived(ada.page).hover();
  await arrived(ada.page).getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(message(bob.page, "This message was deleted.")).toBeVisible();
  await expect(link).toHaveCount(0);
  // The news goes out before the files are gone.
  await expect.poll(() => stored(server)).toBe(before);
  expect((await bob.context.request.get(address)).status()).toBe(404);
});

test("what is sent before its file is up goes when it is, and one writes on meanwhile", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  const room = await meet(page, bob.name);
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/media*", async (route) => {
    await released;
    await route.continue();
  });
  await attach(page, png("view.png", 30, 20));
  await composer(page).fill("the view");
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("");
  await expect(page.getByText("It is sent as soon as everything is up.")).toBeVisible();
  await composer(page).pressSequentially("and now");
  await composer(page).press("Enter");
  await expect(arrived(page).locator(".bubble")).toHaveText(["and now"]);
  await composer(page).fill("a third");
  // In another conversation it goes on.
  await enter(page, "Lobby");
  release();
  await enter(page, bob.name);
  await expect(message(page, "the view").getByRole("img")).toBeVisible();
  await expect(waiting(page)).toHaveCount(0);
  await expect(composer(page)).toHaveValue("a third");

  // A reload loses the file, and no words.
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.route("**/api/media*", () => {});
  await attach(page, png("again.png", 30, 20));
  await composer(page).press("Enter");
  await composer(page).fill("a fourth");
  await open(page, `/room/${room}`);
  await expect(composer(page)).toHaveValue("a third\na fourth");
  await expect(arrived(page)).toHaveCount(2);
});

test("a file that changed since it was chosen says so, and its words come back", async ({ browser }, info) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  const path = info.outputPath("list.txt");
  writeFileSync(path, "eggs");
  await page.route("**/api/media*", (route) => {
    writeFileSync(path, "eggs, and milk");
    return route.abort();
  }, { times: 1 });
  await page.getByLabel("Attach files").setInputFiles(path);
  await composer(page).fill("the list");
  await composer(page).press("Enter");
  await expect(waiting(page).getByRole("alert")).toContainText("has changed");
  await expect(composer(page)).toHaveValue("the list");
});
