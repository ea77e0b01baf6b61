import type { Page } from "@playwright/test";
import { absent, expect, open, person, test, unique } from "./fixtures.ts";
import { arrived, composer, meet, message, post, say, timeline } from "./chat.ts";
import { choose, png } from "./pictures.ts";

const LOBBY = 1;

/** What has the focus: its name, and whether a person can see that it has. */
function focused(page: Page): Promise<{ name: string; seen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const marked = (element: Element | null): boolean => {
      if (!element) return false;
      const style = getComputedStyle(element);
      return (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    };
    const box = element.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const label = element.getAttribute("aria-label") ?? element.closest("label")?.textContent ?? element.textContent ?? "";
    const around = [element, element.closest("label"), element.closest("form, .composer")];
    return { name: `${element.tagName.toLowerCase()} ${label.trim()}`, seen: inside && around.some(marked) };
  });
}

test("the keyboard reaches everything, and the focus is always seen", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await post(ada, room, "change me");
  await post(bob, room, "see https://a.example");
  const { page } = ada;
  await open(page, `/room/${room}`);
  await expect(arrived(page)).toHaveCount(2);
  const seen: string[] = [];
  // The people of earlier tests are in the list, too.
  for (let n = 0; n < 300; n++) {
    await page.keyboard.press("Tab");
    const { name, seen: visible } = await focused(page);
    // After the last one it is the browser's own turn.
    if (name.startsWith("body")) break;
    expect(visible, `the focus on "${name}" cannot be seen`).toBe(true);
    seen.push(name);
    // From message to message; the one with the focus has its buttons.
    if (name.includes("Messages")) {
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      await expect(message(page, "change me")).toBeFocused();
      await expect(page.getByRole("button", { name: "Edit" })).toBeVisible();
    }
  }
  expect(seen[0]).toContain("Skip to the content");
  for (const wanted of ["Settings", "Search", "Lobby", bob.name, "Details", "Messages", "https://a.example", "Edit", "Delete", "Attach files", "Write to", "Emoji"]) {
    expect(seen.some((name) => name.includes(wanted)), `${wanted} is not among ${seen.join(" | ")}`).toBe(true);
  }
});

test("a line of the list keeps the focus when it moves", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await open(ada.page, "/");
  const rows = ada.page.locator(".list ul").first().getByRole("link");
  const row = ada.page.locator(`.list a[href="/room/${room}"]`);
  await row.focus();
  for (const [place, where] of [[LOBBY, rows.first()], [room, row], [LOBBY, rows.first()]] as const) {
    const words = unique("words");
    await post(bob, place, words);
    await expect(where).toContainText(words);
    await expect(rows.first()).toContainText(words);
    await expect(row).toBeFocused();
  }
});

test("the skip link leads past the list into the conversation", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await open(ada.page, `/room/${room}`);
  await ada.page.keyboard.press("Tab");
  await expect(ada.page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await ada.page.keyboard.press("Enter");
  await ada.page.keyboard.press("Tab");
  const inside = await ada.page.evaluate(() => document.querySelector("main")?.contains(document.activeElement));
  expect(inside).toBe(true);
});

test("a person is written to, and a message changed and deleted, by keys alone", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await page.getByRole("button").filter({ hasText: bob.name }).focus();
  await page.keyboard.press("Enter");
  await expect(composer(page)).toBeVisible();
  await composer(page).focus();
  await page.keyboard.type("typed");
  await page.keyboard.press("Enter");
  await expect(arrived(page)).toHaveCount(1);
  await expect(composer(page)).toBeFocused();

  await timeline(page).focus();
  await page.keyboard.press("ArrowUp");
  await expect(arrived(page)).toBeFocused();
  await expect(arrived(page).getByRole("button", { name: "Edit" })).toBeVisible();
  for (const name of ["React", "Reply", "Forward", "Copy", "Copy link", "Edit"]) {
    await page.keyboard.press("Tab");
    await expect(arrived(page).getByRole("button", { name, exact: true })).toBeFocused();
  }
  await page.keyboard.press("Enter");
  await expect(arrived(page).getByRole("textbox", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("retyped");
  await page.keyboard.press("Enter");
  await expect(message(page, "retyped")).toContainText("edited");
  await arrived(page).getByRole("button", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Delete this message for everyone?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(message(page, "This message was deleted.")).toBeVisible();
});

test("the arrows lead from message to message, and back", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  for (const words of ["one", "two", "three"]) await say(page, words);
  await expect(arrived(page)).toHaveCount(3);
  await timeline(page).focus();
  for (const [key, words] of [["ArrowUp", "three"], ["ArrowUp", "two"], ["ArrowUp", "one"], ["ArrowUp", "one"], ["ArrowDown", "two"]] as const) {
    await page.keyboard.press(key);
    await expect(message(page, words)).toBeFocused();
    await expect(page.getByRole("button", { name: "Edit" })).toHaveCount(1);
    await expect(message(page, words).getByRole("button", { name: "Edit" })).toBeVisible();
  }
  // In a field the arrows are the field's.
  await message(page, "two").getByRole("button", { name: "Edit" }).press("Enter");
  const field = page.getByRole("textbox", { name: "Edit" });
  await expect(field).toBeFocused();
  await field.press("ArrowUp");
  await expect(field).toBeFocused();
});

test("Escape closes what is open and gives the focus back", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  await choose(page, png("a.png", 60, 40));
  await expect(arrived(page)).toHaveCount(1);
  const openers = [
    [page.getByRole("button", { name: "Details" }), "Details"],
    [timeline(page).getByRole("link").filter({ has: page.getByRole("img") }), "Picture"],
    [page.getByRole("button", { name: "Emoji", exact: true }), "Emoji"],
    [arrived(page).getByRole("button", { name: "Delete" }), "Delete this message"],
  ] as const;
  await arrived(page).focus();
  for (const [opener, name] of openers) {
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name });
    await expect(dialog).toBeVisible();
    await expect(dialog.locator(":focus"), `${name} takes the focus`).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(opener, `${name} gives the focus back`).toBeFocused();
  }
  await expect(arrived(page).getByRole("img")).toBeVisible();
});

test("an emoji is picked by keys alone", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  await page.getByRole("button", { name: "Emoji", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("searchbox", { name: "Find an emoji" })).toBeFocused();
  await page.keyboard.type("grinning cat");
  await expect(page.getByRole("dialog").getByRole("button")).not.toHaveCount(0);
  await expect(page.getByRole("dialog").getByRole("button").first()).toHaveAccessibleName(/grinning cat/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(composer(page)).toHaveValue("😺");
});
