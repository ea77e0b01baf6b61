import type { Page } from "@playwright/test";
import { absent, expect, open, person, test } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { meet, post } from "./chat.ts";

const LOBBY = 1;

function message(page: Page, words: string) {
  return page.locator("li.msg", { hasText: words });
}

test("what is open at a message stays open while its sender goes on", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await post(bob, room, "the first");
  const first = message(ada.page, "the first");
  await first.hover();
  await first.getByRole("button", { name: "React" }).click();
  const thumb = first.getByRole("button", { name: "👍" });
  await thumb.focus();
  await expect(first).toHaveClass(/last-of/);
  await post(bob, room, "the second");
  await expect(message(ada.page, "the second")).toBeVisible();
  await expect(first).not.toHaveClass(/last-of/);
  // The mouse rests, and the second message comes below it.
  const box = await message(ada.page, "the second").boundingBox();
  await ada.page.mouse.move(box!.x + 100, box!.y + box!.height / 2);
  await ada.page.waitForTimeout(300);
  await expect(thumb).toBeFocused();
});

test("a reaction is counted for everyone, says whose it is, and is taken back by a click", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob", { locale: "zh-CN", colorScheme: "dark" })]);
  const words = `who comes along ${ada.name}`;
  await post(ada, LOBBY, words);
  await Promise.all([open(ada.page, `/room/${LOBBY}`), open(bob.page, `/room/${LOBBY}`)]);
  await message(bob.page, words).hover();
  await bob.page.getByRole("button", { name: "添加回应" }).click();
  await bob.page.getByRole("button", { name: "👍" }).click();

  const hers = ada.page.getByRole("list", { name: "Reactions" }).getByRole("button");
  await expect(hers).toHaveText("👍1");
  await expect(hers).toHaveAccessibleName(`👍 ${bob.name}`);
  await expect(hers).toHaveAttribute("aria-pressed", "false");
  await hers.click();
  await expect(hers).toHaveText("👍2");
  await expect(hers).toHaveAttribute("aria-pressed", "true");
  await expect(hers).toBeFocused();
  const his = bob.page.getByRole("list", { name: "回应" }).getByRole("button");
  await expect(his).toHaveAccessibleName(`👍 ${bob.name}、${ada.name}`);
  for (const { page } of [ada, bob]) {
    expect(await serious(page, "", [".timeline"])).toEqual([]);
  }

  // It is in the page from the server as well.
  const plain = await (await ada.page.request.get(`/room/${LOBBY}`, { headers: { accept: "text/html" } })).text();
  expect(plain).toContain("aria-pressed=\"true\"");
  await open(ada.page, `/room/${LOBBY}`);
  await hers.click();
  await expect(hers).toHaveText("👍1");
  await his.click();
  await expect(his).toHaveCount(0);
  await expect(hers).toHaveCount(0);
});

test("any emoji can be chosen by keyboard, and a reaction does not disturb who edits", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const words = `to be edited ${ada.name}`;
  await post(ada, LOBBY, words);
  await Promise.all([open(ada.page, `/room/${LOBBY}`), open(bob.page, `/room/${LOBBY}`)]);
  const own = message(ada.page, words);
  await own.hover();
  await own.getByRole("button", { name: "Edit", exact: true }).click();
  await own.getByRole("textbox").fill("half a sen");

  await message(bob.page, words).hover();
  await bob.page.getByRole("button", { name: "React" }).click();
  await expect(bob.page.getByRole("group", { name: "React" }).getByRole("button").first()).toBeFocused();
  await bob.page.keyboard.press("Escape");
  await expect(bob.page.getByRole("button", { name: "React" })).toBeFocused();
  await bob.page.keyboard.press("Enter");
  await bob.page.getByRole("button", { name: "All emoji" }).click();
  await bob.page.getByRole("searchbox", { name: "emoji" }).fill("lobster");
  await bob.page.getByRole("button", { name: "lobster" }).click();
  await expect(bob.page.getByRole("list", { name: "Reactions" }).getByRole("button")).toHaveText("🦞1");

  await expect(ada.page.getByRole("list", { name: "Reactions" }).getByRole("button")).toHaveText("🦞1");
  const field = ada.page.locator("li.msg textarea");
  await expect(field).toHaveValue("half a sen");
  await expect(field).toBeFocused();
});

test("a link to a message is copied, and what it said before is shown to who may know", async ({ browser, server }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const sent = await ada.page.request.post("/api/send", {
    form: { room: LOBBY, client_id: "a1".repeat(16), body: `first words ${ada.name}` },
  });
  const { seq } = await sent.json();
  await ada.page.request.post("/api/edit", { form: { room: LOBBY, seq, body: `second words ${ada.name}` } });
  await Promise.all([open(ada.page, `/room/${LOBBY}`), open(bob.page, `/room/${LOBBY}`)]);
  await message(ada.page, "second words").last().hover();
  await ada.page.getByRole("button", { name: "Earlier versions" }).click();
  await expect(ada.page.getByRole("region", { name: "Earlier versions" })).toContainText(`first words ${ada.name}`);

  await message(bob.page, "second words").last().hover();
  await expect(bob.page.getByRole("button", { name: "React" })).toBeVisible();
  await expect(bob.page.getByRole("button", { name: "Earlier versions" })).toHaveCount(0);
  await bob.page.getByRole("button", { name: "Copy link" }).click();
  await expect(bob.page.getByRole("button", { name: "Copied" })).toBeVisible();
  await bob.page.locator("main textarea").first().focus();
  await bob.page.keyboard.press("Control+v");
  await expect(bob.page.locator("main textarea").first()).toHaveValue(`${server.url}/room/${LOBBY}?at=${seq}#m-${seq}`);
});
