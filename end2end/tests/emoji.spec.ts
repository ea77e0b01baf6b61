import type { Locator, Page } from "@playwright/test";
import { absent, expect, open, person, problems, test } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { arrived, bubble, composer, enter, meet, message, say } from "./chat.ts";

/** Opens the panel of the composer. */
async function panel(page: Page, name = "Emoji"): Promise<Locator> {
  await page.getByRole("button", { name, exact: true }).click();
  const panel = page.getByRole("dialog", { name });
  await expect(panel.getByRole("searchbox")).toBeFocused();
  return panel;
}

/** The buttons of emoji in it. */
function grid(panel: Locator): Locator {
  return panel.locator(".emoji-grid").getByRole("button");
}

test("an emoji goes from the panel into the text, and alone it is shown large", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const button = ada.page.getByRole("button", { name: "Emoji", exact: true });
  const panel = ada.page.getByRole("dialog", { name: "Emoji" });
  await composer(ada.page).fill("a dog cat");
  await composer(ada.page).evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(2, 5));
  await button.click();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await panel.getByRole("searchbox", { name: "Find an emoji" }).fill("GRINNING CAT");
  await expect(panel.getByRole("button", { name: "grinning face", exact: true })).toHaveCount(0);
  await panel.getByRole("button", { name: "grinning cat", exact: true }).click();
  // In place of what was selected, and the next one behind it.
  await expect(composer(ada.page)).toHaveValue("a 😺 cat");
  await panel.getByRole("searchbox").fill("crying cat");
  await panel.getByRole("button", { name: "crying cat", exact: true }).click();
  await expect(composer(ada.page)).toHaveValue("a 😺😿 cat");
  await panel.getByRole("searchbox").fill("no emoji is called this");
  await expect(panel.getByText("Nothing found.")).toBeVisible();
  await panel.getByRole("searchbox").press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(button).toBeFocused();
  await composer(ada.page).press("Enter");
  await say(ada.page, "😺");
  await say(ada.page, "👩‍💻👍🏽🇨🇳");
  await say(ada.page, "four: 😺😺😺😺");

  const size = (words: RegExp) =>
    bubble(bob.page, words).evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  await expect(bubble(bob.page, /four:/)).toBeVisible();
  const normal = await size(/a 😺😿 cat/);
  expect(await size(/four:/)).toBe(normal);
  expect(await size(/^😺$/)).toBeGreaterThan(1.5 * normal);
  expect(await size(/👩‍💻👍🏽🇨🇳/)).toBeGreaterThan(1.5 * normal);
});

for (const [locale, opener, wanted, name] of [["en-GB", "Emoji", "生日", "birthday cake"], ["zh-CN", "表情", "birthday", "生日蛋糕"]] as const) {
  test(`emoji are found by words of the other language (${locale})`, async ({ browser }) => {
    const [ada, bob] = await Promise.all([person(browser, "ada", { locale }), person(browser, "bob")]);
    await ada.page.getByRole("button").filter({ hasText: bob.name }).click();
    const found = await panel(ada.page, opener);
    await found.getByRole("searchbox").fill(wanted);
    await expect(found.getByRole("button", { name })).toHaveText("🎂");
    await found.getByRole("searchbox").fill("tada");
    await expect(grid(found).first()).toHaveText("🎉");
  });
}

test("what was chosen comes first the next time, in the tone that was chosen, for its person alone", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  const first = await panel(page);
  await expect(first.getByRole("heading").first()).toHaveText("Smileys");
  await first.getByRole("searchbox").fill("waving hand");
  await expect(grid(first).first()).toHaveText("👋");
  await first.getByTitle("Medium dark").click();
  await expect(grid(first).first()).toHaveText("👋🏾");
  await grid(first).first().click();
  await first.getByRole("searchbox").fill("lobster");
  await grid(first).first().click();
  await expect(composer(page)).toHaveValue("👋🏾🦞");

  await page.reload();
  await expect(page.locator(".app[data-awake]")).toBeAttached();
  const second = await panel(page);
  await expect(second.getByRole("heading").first()).toHaveText("Recent");
  await expect(grid(second).first()).toHaveText("🦞");
  await expect(grid(second).nth(1)).toHaveText("👋🏾");
  await expect(second.getByRole("radio", { name: "Medium dark" })).toBeChecked();
  // One hand in the grid, whatever the tones.
  await second.getByRole("searchbox").fill("waving hand");
  await expect(grid(second)).toHaveText(["👋🏾"]);
});

test("the arrows lead through the emoji, and Escape back", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  const shown = await panel(page);
  await expect(grid(shown).nth(20)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(grid(shown).first()).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(grid(shown).nth(1)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  const [above, below] = await Promise.all([grid(shown).nth(1).boundingBox(), page.locator(":focus").boundingBox()]);
  expect(below?.x).toBeCloseTo(above?.x ?? 0);
  expect(below?.y).toBeGreaterThan(above?.y ?? 0);
  await page.keyboard.press("End");
  await expect(grid(shown).last()).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  await expect(shown.getByRole("searchbox")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(composer(page)).toHaveValue("😀");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Emoji", exact: true })).toBeFocused();
});

test("a sticker is sent at once, and speaks the language of who reads it", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob", { locale: "zh-CN" })]);
  const wrong = problems(bob.page);
  const room = await meet(ada.page, bob.name);
  await bob.page.goto(`/room/${room}`);
  await composer(ada.page).fill("half a sen");
  const shown = await panel(ada.page);
  await ada.page.keyboard.press("Shift+Tab");
  await expect(shown.getByRole("tab", { name: "Emoji" })).toBeFocused();
  await ada.page.keyboard.press("ArrowRight");
  await expect(shown.getByRole("tab", { name: "Stickers" })).toHaveAttribute("aria-selected", "true");
  await expect(grid(shown)).toHaveCount(12);
  await shown.getByRole("button", { name: "Well done" }).click();
  await expect(shown).toHaveCount(0);
  await expect(composer(ada.page)).toHaveValue("half a sen");

  const picture = bob.page.getByRole("log").getByRole("img", { name: "真棒" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const own = arrived(ada.page).first();
  await expect(own.getByRole("img", { name: "Well done" })).toBeVisible();
  await own.hover();
  await expect(own.getByRole("button", { name: "Reply" })).toBeVisible();
  for (const name of ["Edit", "Copy"]) {
    await expect(own.getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await own.getByRole("button", { name: "Reply" }).click();
  await say(ada.page, "like that");
  await expect(bob.page.locator("li.msg", { hasText: "like that" }).locator(".quote")).toContainText("[真棒]");

  const search = bob.page.locator(".side [type=search]");
  await search.fill("well");
  await expect(bob.page.locator(".hit .excerpt")).toHaveText("[真棒]");
  const plain = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB", storageState: await bob.context.storageState() });
  const page = await plain.newPage();
  await page.goto(`/room/${room}`);
  await expect(page.locator(".msg img[src='/sticker/well-done.svg']")).toBeVisible();
  expect(wrong).toEqual([]);

  await own.hover();
  await own.getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(picture).toHaveCount(0);
});

test("a shortcode becomes an emoji by keys, by a colon, or not at all", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  await meet(page, bob.name);
  const field = page.locator(".composer textarea");
  const list = page.getByRole("listbox", { name: "Suggestions" });
  await field.pressSequentially("so :smile");
  await expect(list.getByRole("option").first()).toContainText("😄");
  await expect(field).toHaveRole("combobox");
  await expect(field).toHaveAttribute("aria-activedescendant", "completion-0");
  await field.press("ArrowDown");
  await expect(list.getByRole("option").nth(1)).toHaveAttribute("aria-selected", "true");
  await expect(field).toHaveAttribute("aria-activedescendant", "completion-1");
  await field.press("ArrowUp");
  await field.press("Enter");
  await expect(field).toHaveValue("so 😄");
  await expect(list).toHaveCount(0);
  await expect(field).toHaveRole("textbox");
  // The browser can take it back, and what stands around it is left alone.
  await field.press("Control+z");
  await expect(field).toHaveValue("so :smile");
  await field.fill("a :part b");
  for (let n = 0; n < 2; n++) await field.press("ArrowLeft");
  await expect(list.getByRole("option").filter({ hasText: "🎉" }).first()).toBeVisible();
  await field.press("Escape");
  await expect(list).toHaveCount(0);
  await field.pressSequentially("y");
  await expect(field).toHaveValue("a :party b");
  await expect(list).toHaveCount(0);

  await field.fill("");
  await field.pressSequentially(":tad");
  await expect(list).toBeVisible();
  await field.pressSequentially("a:");
  await expect(field).toHaveValue("🎉");
  await field.pressSequentially(" 10:30:");
  await expect(field).toHaveValue("🎉 10:30:");
  await field.press("Enter");
  await expect(message(page, "🎉 10:30:")).toBeVisible();
  await field.fill(":tada: :D");
  await field.press("Enter");
  await expect(message(page, ":tada: :D")).toBeVisible();
  // By a click, and by a Chinese name.
  await field.pressSequentially("好 :猫脸");
  await list.getByRole("option").first().click();
  await expect(field).toHaveValue("好 🐱");
  await expect(field).toBeFocused();
  await page.reload();
  await expect(field).toHaveValue("好 🐱");
});

test("members are completed in groups, and an input method is left alone", async ({ browser }) => {
  const [ada, bob, eve] = await Promise.all([person(browser, "ada"), person(browser, "bob"), absent(browser, "eve")]);
  const { page } = ada;
  await bob.page.request.post("/api/update_profile", { form: { display_name: "王小明", introduction: "" } });
  const answer = await page.request.post("/api/create_group", { form: { name: "Books" } });
  const room = await answer.json();
  const [{ id }] = await (await page.request.get(`/api/search?text=${bob.name}`)).json().then(({ people }) => people);
  await page.request.post("/api/add_members", { form: { room, "people[0]": id } });
  await open(page, `/room/${room}`);
  const field = page.locator(".composer textarea");
  const list = page.getByRole("listbox", { name: "Suggestions" });
  await field.pressSequentially("hi @王小");
  await expect(list.getByRole("option")).toHaveText([new RegExp(`王小明.*@${bob.name}`)]);
  await field.press("Tab");
  await expect(field).toHaveValue(`hi @${bob.name} `);
  await expect(field).toBeFocused();
  await field.pressSequentially("and @");
  await expect(list.getByRole("option").last()).toContainText("Everyone");
  await expect(list).not.toContainText(eve.name);
  await field.press("ArrowUp");
  await field.press("Enter");
  await expect(field).toHaveValue(`hi @${bob.name} and @all `);
  // Nothing is left to complete: Enter sends.
  await field.fill(`you, @${bob.name}`);
  await expect(list).toBeVisible();
  await field.press("Enter");
  await expect(message(page, "you, @王小明")).toBeVisible();
  await expect(field).toHaveValue("");

  const input = await ada.context.newCDPSession(page);
  await field.pressSequentially("@");
  await expect(list).toBeVisible();
  for (const text of ["w", "wang", "wang xiao"]) {
    await input.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await expect(list).toHaveCount(0);
  }
  await input.send("Input.insertText", { text: "王小" });
  await expect(list.getByRole("option")).toHaveCount(1);
  for (const mark of [{ isComposing: true, keyCode: 13 }, { isComposing: false, keyCode: 229 }]) {
    const taken = await field.evaluate((element, mark) => {
      const key = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...mark });
      return !element.dispatchEvent(key);
    }, mark);
    expect(taken, JSON.stringify(mark)).toBe(false);
  }
  await expect(field).toHaveValue("@王小");
  await field.press("Enter");
  await expect(field).toHaveValue(`@${bob.name} `);

  await open(page, "/");
  await meet(page, eve.name);
  await field.pressSequentially("@e");
  await field.pressSequentially(" :smi");
  await expect(list).toBeVisible();
  await field.fill("@e");
  await expect(list).toHaveCount(0);
});

test("a word is completed while a message is changed, too", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const { page } = ada;
  const answer = await page.request.post("/api/create_group", { form: { name: "Books" } });
  const room = await answer.json();
  await open(page, `/room/${room}`);
  await say(page, "tea");
  const own = message(page, "tea");
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  const field = own.locator("textarea");
  await field.pressSequentially(", :smi");
  const list = own.getByRole("listbox", { name: "Suggestions" });
  await expect(list.getByRole("option").first()).toBeInViewport();
  await field.press("Enter");
  await expect(field).toHaveValue(/^tea, \p{Emoji}+$/u);
  await expect(list).toHaveCount(0);
  await field.pressSequentially(" @al");
  await expect(list).toContainText("Everyone");
  // The list is closed first, then the field.
  await field.press("Escape");
  await expect(list).toHaveCount(0);
  await expect(field).toBeFocused();
  await field.pressSequentially("l");
  await field.press("Enter");
  await expect(message(page, /tea, .* @all/)).toContainText("edited");
  // The field goes while a word in it is not done; the same when the conversation is left.
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  await field.fill("green tea @zzzz");
  await field.press("Enter");
  await expect(bubble(page, "green tea @zzzz")).toBeVisible();
  await enter(page, "Lobby");
  await enter(page, "Books");
  await composer(page).pressSequentially("half a word @zz");
  await page.goBack();
  await expect(composer(page)).toHaveAccessibleName("Write to Lobby");
});

test("what is open above the composer is whole and free of faults", async ({ browser, look }) => {
  const options = { ...look, reducedMotion: "reduce", viewport: { width: 360, height: 640 } } as const;
  const ada = await person(browser, "ada", options);
  const { page } = ada;
  await open(page, "/room/1");
  const shown = await panel(page, { "en-GB": "Emoji", "zh-CN": "表情" }[look.locale]);
  // Not with all of them: axe looks at each.
  await shown.getByRole("searchbox").fill("cat");
  await expect(grid(shown).first()).toBeVisible();
  expect(await serious(page), "emoji").toEqual([]);
  await shown.getByRole("tab").last().click();
  await expect(grid(shown)).toHaveCount(12);
  expect(await serious(page), "stickers").toEqual([]);
  await page.keyboard.press("Escape");
  const field = page.locator(".composer textarea");
  for (const text of ["@a", ":smi"]) {
    await field.fill(text);
    await expect(page.getByRole("option").first()).toBeVisible();
    const box = await page.getByRole("listbox").boundingBox();
    const width = page.viewportSize()?.width ?? 0;
    expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width, text).toBe(true);
    const codes = await page.getByRole("option").locator(".mark ~ .about").evaluateAll((all) => all.map((one) => [one.scrollWidth <= one.clientWidth, one.textContent]));
    expect(codes.filter(([isWhole]) => !isWhole), text).toEqual([]);
    expect(await serious(page), text).toEqual([]);
    await field.fill("");
  }
});
