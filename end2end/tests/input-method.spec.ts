import { absent, expect, person, test } from "./fixtures.ts";
import { arrived, bubble, composer, enter, meet, message } from "./chat.ts";
import type { Locator } from "@playwright/test";

test("an Enter that belongs to an input method sends nothing and breaks nothing", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const field = composer(ada.page);
  const sent: string[] = [];
  ada.page.on("request", (request) => request.url().endsWith("/api/send") && sent.push(request.url()));
  await field.focus();
  const input = await ada.context.newCDPSession(ada.page);
  const compose = (text: string) =>
    input.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  for (const text of ["n", "ni", "ni h", "ni hao"]) await compose(text);
  await expect(field).toHaveValue("ni hao");
  // Chromium and Firefox mark the key as composing; Safari only by its code.
  for (const mark of [{ isComposing: true, keyCode: 13 }, { isComposing: true, keyCode: 229 }, { isComposing: false, keyCode: 229 }]) {
    const taken = await field.evaluate((element, mark) => {
      const key = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...mark });
      return !element.dispatchEvent(key);
    }, mark);
    expect(taken, JSON.stringify(mark)).toBe(false);
  }
  await expect(field).toHaveValue("ni hao");
  await input.send("Input.insertText", { text: "你好" });
  await expect(field).toHaveValue("你好");
  for (const text of ["sh", "shi", "shi j", "shi jie"]) await compose(text);
  await input.send("Input.insertText", { text: "世界" });
  await expect(field).toHaveValue("你好世界");
  expect(sent).toEqual([]);

  await field.press("Enter");
  await expect(message(bob.page, "你好世界")).toBeVisible();
  await expect(field).toHaveValue("");
  await expect(arrived(bob.page)).toHaveCount(1);
  expect(sent).toHaveLength(1);
});

test("an input method's Enter does not save an edit either", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  await composer(ada.page).fill("旧");
  await composer(ada.page).press("Enter");
  const own = arrived(ada.page).first();
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  const field = own.getByRole("textbox", { name: "Edit" });
  await field.fill("新");
  await field.evaluate((element) =>
    element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })),
  );
  await expect(field).toHaveValue("新");
  await field.press("Enter");
  await expect(message(ada.page, "新")).toContainText("edited");
});

test("an input method's keys neither open what is found nor close the emoji", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await enter(page, "Lobby");
  const press = (field: Locator, key: string, mark: object) =>
    field.evaluate((element, init) => element.dispatchEvent(new KeyboardEvent("keydown", init)), { key, bubbles: true, cancelable: true, ...mark });
  const looked = page.getByRole("searchbox", { name: "Search" });
  await looked.fill(bob.name);
  await expect(page.locator(".found .row")).not.toHaveCount(0);
  await expect(page.locator(".found [aria-busy=true]")).toHaveCount(0);
  await press(looked, "Enter", { keyCode: 229 });
  await expect(composer(page)).toHaveAccessibleName("Write to Lobby");
  await press(looked, "Enter", {});
  await expect(composer(page)).toHaveAccessibleName(`Write to ${bob.name}`);

  await page.getByRole("button", { name: "Emoji" }).click();
  const find = page.getByRole("searchbox", { name: "Find an emoji" });
  await press(find, "Escape", { isComposing: true, keyCode: 229 });
  await expect(find).toBeVisible();
  await press(find, "Escape", {});
  await expect(find).toHaveCount(0);
});

test("Shift and Enter break the line, Enter sends", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const field = composer(ada.page);
  const height = async () => (await field.boundingBox())?.height ?? 0;
  const low = await height();
  await field.pressSequentially("one");
  await field.press("Shift+Enter");
  await field.pressSequentially("two");
  await field.press("Shift+Enter");
  await field.pressSequentially("three");
  await expect(field).toHaveValue("one\ntwo\nthree");
  expect(await height()).toBeGreaterThan(1.5 * low);
  await field.press("Enter");
  await expect(bubble(bob.page, "one")).toBeVisible();
  expect(await bubble(bob.page, "one").innerText()).toBe("one\ntwo\nthree");
  await expect.poll(height).toBe(low);
});
