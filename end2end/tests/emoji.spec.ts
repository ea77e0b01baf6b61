import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, open, person, problems, test } from "./fixtures.ts";
import { arrived, bubble, composer, meet, message, say } from "./chat.ts";

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

/** What axe calls serious or critical on this page. */
async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

test("an emoji goes from the panel into the text, and alone it is shown large", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const button = ada.page.getByRole("button", { name: "Emoji", exact: true });
  const panel = ada.page.getByRole("dialog", { name: "Emoji" });
  await composer(ada.page).fill("a cat ");
  await button.click();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await panel.getByRole("searchbox", { name: "Find an emoji" }).fill("GRINNING CAT");
  await expect(panel.getByRole("button", { name: "grinning face", exact: true })).toHaveCount(0);
  await panel.getByRole("button", { name: "grinning cat", exact: true }).click();
  await expect(composer(ada.page)).toHaveValue("a cat 😺");
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
  const normal = await size(/a cat 😺/);
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
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
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
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
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

for (const [colorScheme, locale] of [["light", "en-GB"], ["dark", "zh-CN"]] as const) {
  test(`what is open above the composer is whole and free of faults (${colorScheme}, ${locale})`, async ({ browser }) => {
    const options = { colorScheme, locale, reducedMotion: "reduce", viewport: { width: 360, height: 640 } } as const;
    const ada = await person(browser, "ada", options);
    const { page } = ada;
    await open(page, "/room/1");
    const shown = await panel(page, { "en-GB": "Emoji", "zh-CN": "表情" }[locale]);
    // Not with all of them: axe looks at each.
    await shown.getByRole("searchbox").fill("cat");
    await expect(grid(shown).first()).toBeVisible();
    expect(await serious(page), "emoji").toEqual([]);
    await shown.getByRole("tab").last().click();
    await expect(grid(shown)).toHaveCount(12);
    expect(await serious(page), "stickers").toEqual([]);
    await page.keyboard.press("Escape");
  });
}
