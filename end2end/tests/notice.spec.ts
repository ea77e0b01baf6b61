import type { Page } from "@playwright/test";
import { absent, expect, open, person, test, unique } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { arrived, composer, conversation, enter, meet, post } from "./chat.ts";
import { attach, png } from "./pictures.ts";

/** The notes in the page. */
function notes(page: Page) {
  return page.locator(".notices .notice");
}

/** Keeps what the page would show by the system, and what it would play. */
async function watched(page: Page, permission: "granted" | "denied"): Promise<void> {
  await page.addInitScript((permission) => {
    const told: string[] = [];
    class Notice {
      static permission = permission;
      static requestPermission(answer: (permission: string) => void) {
        answer(permission);
        return Promise.resolve(permission);
      }
      onclick: (() => void) | null = null;
      close() {}
      constructor(title: string, options: { body: string; renotify: boolean }) {
        // In place of the last one of its conversation it makes a stir only if it asks for that.
        told.push(`${title}: ${options.body}${options.renotify ? "" : " (silently)"}`);
        Object.assign(window, { click: () => this.onclick?.() });
      }
    }
    const Sound = window.Audio;
    class Played extends Sound {
      override play() {
        told.push(`played ${new URL(this.src).pathname}`);
        return Promise.resolve();
      }
    }
    Object.assign(window, { told, Notification: Notice, Audio: Played });
  }, permission);
}

function told(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { told: string[] }).told);
}

/** As if the person looked at another window. */
async function lookAway(page: Page, away: boolean): Promise<void> {
  await page.evaluate((away) => {
    document.hasFocus = () => !away;
    window.dispatchEvent(new Event(away ? "blur" : "focus"));
  }, away);
}

test("whoever looks at another conversation gets a note that leads there; who looks at it gets none", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  const room = await meet(page, bob.name);
  await post(bob, room, "you are looking at this");
  await expect(page.getByRole("log")).toContainText("you are looking at this");
  await enter(page, "Lobby");
  await post(bob, room, "lunch at **noon**?");
  await expect(notes(page)).toHaveCount(1);
  await expect(notes(page)).toContainText(bob.name);
  await expect(notes(page)).toContainText("noon");
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", "/icon-news.svg");
  expect(await serious(page)).toEqual([]);
  await post(bob, room, "or one");
  // One for a conversation, the newest.
  await expect(notes(page)).toContainText("or one");
  await expect(notes(page)).toHaveCount(1);
  await notes(page).getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/room/${room}$`));
  await expect(notes(page)).toHaveCount(0);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", "/icon.svg");
  await post(bob, room, "good");
  await expect(page.getByRole("log")).toContainText("good");
  await page.waitForTimeout(1_500);
  await expect(notes(page)).toHaveCount(0);
});

test("a note goes when its conversation is opened, however much of it is unread", async ({ browser }) => {
  const [{ page }, bob] = await Promise.all([person(browser, "ada", { viewport: { width: 1000, height: 600 } }), absent(browser, "bob")]);
  const room = await meet(page, bob.name);
  await enter(page, "Lobby");
  for (let n = 1; n <= 12; n++) await post(bob, room, `Number ${n}.\nIt\nis\nlong.`);
  await expect(conversation(page, bob.name)).toContainText("12 unread");
  await expect(notes(page)).toHaveCount(1);
  await enter(page, bob.name);
  await expect(notes(page)).toHaveCount(0, { timeout: 2_000 });
  await expect(conversation(page, bob.name)).toContainText("12 unread");
});

test("a conversation tells of mentions alone, or of nothing, as one sets it", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await enter(page, "Lobby");
  await page.getByRole("button", { name: "Details" }).click();
  const sheet = page.getByRole("dialog", { name: "Details" });
  const mentions = sheet.getByRole("radio", { name: "Mentions" });
  await sheet.getByRole("radio", { name: "All messages" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(mentions).toBeChecked();
  await sheet.getByRole("button", { name: "Close" }).click();
  await expect(conversation(page, "Lobby")).toContainText("Muted");
  await meet(page, bob.name);
  await post(bob, 1, `for everybody ${bob.name}`);
  await expect(conversation(page, "Lobby").locator(".badge.quiet")).toBeVisible();
  await post(bob, 1, `for @${ada.name}`);
  await expect(notes(page)).toHaveCount(1);
  await expect(notes(page)).toContainText(`for @${ada.name}`);
  await expect(page).toHaveTitle(/^\(1\)/);
});

test("who looks away is told by the system and a sound, but in quiet hours", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await watched(page, "granted");
  await open(page, "/settings");
  await page.getByRole("checkbox", { name: "Show them outside" }).check();
  await page.getByRole("checkbox", { name: "Play a sound" }).check();
  expect(await told(page)).toEqual(["played /notice.wav"]);
  const sound = await ada.context.request.get("/notice.wav");
  expect([sound.status(), sound.headers()["content-type"]]).toEqual([200, "audio/wav"]);
  await open(page, "/settings");
  await expect(page.getByRole("checkbox", { name: "Play a sound" })).toBeChecked();
  const room = Number(await (await bob.context.request.post("/api/open_direct", { form: { user: await ada.context.request.get("/api/snapshot").then(async (answer) => (await answer.json()).me.id) } })).text());
  await open(page, "/");
  await lookAway(page, true);
  await post(bob, room, "hello there");
  await expect.poll(() => told(page)).toEqual([`${bob.name}: hello there`, "played /notice.wav"]);
  await expect(notes(page)).toHaveCount(0);
  await page.evaluate(() => (window as unknown as { click: () => void }).click());
  await expect(page).toHaveURL(new RegExp(`/room/${room}$`));

  await lookAway(page, false);
  await open(page, "/settings");
  await page.getByRole("checkbox", { name: "Quiet hours" }).check();
  await page.getByLabel("From", { exact: true }).fill("00:00");
  await page.getByLabel("Until").fill("23:59");
  await open(page, "/");
  await lookAway(page, true);
  await post(bob, room, "are you awake?");
  await expect(page).toHaveTitle(/^\(\d+\)/);
  await page.waitForTimeout(1_500);
  expect(await told(page)).toEqual([]);
  await expect(notes(page)).toHaveCount(0);
});

test("a note of the system leads to its conversation from below a large picture", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await watched(page, "granted");
  await open(page, "/settings");
  await page.getByRole("checkbox", { name: "Show them outside" }).check();
  const room = await meet(page, bob.name);
  await enter(page, "Lobby");
  const file = `${unique("harbour")}.png`;
  await attach(page, png(file, 300, 200));
  await composer(page).press("Enter");
  await arrived(page).getByRole("img", { name: file }).click();
  const large = page.getByRole("dialog", { name: "Picture" });
  await expect(large).toBeVisible();
  await lookAway(page, true);
  await post(bob, room, "hello there");
  await expect.poll(() => told(page)).toEqual([`${bob.name}: hello there`]);
  await page.evaluate(() => (window as unknown as { click: () => void }).click());
  await expect(page.getByRole("textbox", { name: `Write to ${bob.name}` })).toBeVisible();
  await expect(large).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/room/${room}$`));
});

test("where the browser shows none the settings say so", async ({ browser, look }) => {
  const { page } = await person(browser, "ada", look);
  await page.addInitScript(() => Reflect.deleteProperty(window, "Notification"));
  await open(page, "/settings");
  const panel = page.getByRole("region", { name: { "en-GB": "Notifications", "zh-CN": "通知" }[look.locale] });
  await expect(panel.getByRole("checkbox").first()).toBeDisabled();
  await expect(panel).toContainText("HTTP");
  await panel.getByRole("checkbox").last().check();
  expect(await serious(page)).toEqual([]);
});
