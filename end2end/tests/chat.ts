import { randomBytes } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { type Account, expect } from "./fixtures.ts";

/** The list of conversations and people. */
export function list(page: Page): Locator {
  return page.getByRole("navigation", { name: "Conversations" });
}

/** The row of a conversation in the list. */
export function conversation(page: Page, title: string): Locator {
  return list(page).getByRole("link").filter({ has: page.getByText(title, { exact: true }) });
}

/** The row of a person in the list. */
export function somebody(page: Page, name: string): Locator {
  return list(page).getByRole("button").filter({ has: page.getByText(name, { exact: true }) });
}

/** Where messages stand. */
export function timeline(page: Page): Locator {
  return page.getByRole("log", { name: "Messages" });
}

/** Every message that the server has, in order; what is on its way is not among them. */
export function arrived(page: Page): Locator {
  return timeline(page).locator("li[id^=m-]");
}

/** The messages with these words, whether the server has them or not. */
export function message(page: Page, words: string | RegExp): Locator {
  return timeline(page).locator("li.msg").filter({ hasText: words });
}

/** What was said in a message. */
export function bubble(page: Page, words: string | RegExp): Locator {
  return timeline(page).locator(".msg > .bubble").filter({ hasText: words });
}

/** Where one writes. */
export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: /^Write to / });
}

/** The sentence on top while the server does not answer. */
export function banner(page: Page): Locator {
  return page.getByRole("main").getByRole("status").first();
}

/** Writes a message and sends it by Enter. */
export async function say(page: Page, words: string): Promise<void> {
  await composer(page).fill(words);
  await composer(page).press("Enter");
}

/** Opens the private conversation with somebody by a click on them; gives its number. */
export async function meet(page: Page, name: string): Promise<number> {
  await somebody(page, name).click();
  await expect(page.getByRole("textbox", { name: `Write to ${name}` })).toBeVisible();
  return roomOf(page);
}

/** Opens a conversation that is in the list. */
export async function enter(page: Page, title: string): Promise<void> {
  await conversation(page, title).click();
  await expect(page.getByRole("textbox", { name: `Write to ${title}` })).toBeVisible();
}

/** The number of the conversation that is open. */
export function roomOf(page: Page): number {
  return Number(/\/room\/(\d+)/.exec(page.url())?.[1]);
}

/** Sends a message past the page, as a bot would. */
export async function post(who: Account, room: number, body: string): Promise<void> {
  const form = { room, client_id: randomBytes(16).toString("hex"), body };
  const answer = await who.context.request.post("/api/send", { form });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Opens the sheet of the group that is open. */
export async function details(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Details" }).click();
  return page.getByRole("dialog", { name: "Details" });
}

/** Presses what cannot be taken back, and answers the question. */
export async function insist(scope: Locator, deed: string, question: string): Promise<void> {
  await scope.getByRole("button", { name: deed }).click();
  await scope.getByRole("dialog", { name: question }).getByRole("button", { name: deed }).click();
}
