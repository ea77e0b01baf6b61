import type { Browser, Locator, Page } from "@playwright/test";
import { createRequire } from "node:module";
import { PASSWORD, type Person, administrator, expect, open, person, test, unique } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { conversation, details, insist, message, post, timeline } from "./chat.ts";

/** Makes a group past the page, and opens it; gives its number. */
async function found(who: Person, name: string): Promise<number> {
  const made = await who.context.request.post("/api/create_group", { form: { name } });
  const room = Number(await made.text());
  await open(who.page, `/room/${room}`);
  return room;
}

/** Makes a link by the sheet of the group that is open; gives the sheet and the link. */
async function invite(page: Page, uses = "10"): Promise<{ sheet: Locator; link: string }> {
  const sheet = await details(page);
  await sheet.getByRole("button", { name: "Invite by link" }).click();
  await expect(sheet.getByText("There is no link yet.")).toBeVisible();
  await sheet.getByLabel("Works for").selectOption({ label: "1 day" });
  await sheet.getByLabel("How many may join").selectOption({ label: uses });
  await sheet.getByRole("button", { name: "Make a link" }).click();
  return { sheet, link: await sheet.getByRole("textbox", { name: "Link" }).inputValue() };
}

/** Somebody whom nobody knows yet, without JavaScript. */
async function guest(browser: Browser): Promise<Page> {
  return (await browser.newContext({ javaScriptEnabled: false })).newPage();
}

async function fill(page: Page, name: string, password: string, button: string): Promise<void> {
  await page.getByLabel(/^Name/).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: button }).click();
}

/** What a camera reads in this picture of a page. */
async function read(browser: Browser, code: Locator): Promise<string | undefined> {
  const picture = (await code.screenshot()).toString("base64");
  const reader = await (await browser.newContext()).newPage();
  await reader.addScriptTag({ path: createRequire(import.meta.url).resolve("jsqr") });
  return reader.evaluate(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const { width, height } = image;
    const canvas = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
    canvas?.drawImage(image, 0, 0);
    const pixels = canvas?.getImageData(0, 0, width, height).data;
    const { jsQR } = globalThis as unknown as { jsQR: (pixels: unknown, width: number, height: number) => { data: string } | null };
    return jsQR(pixels, width, height)?.data;
  }, picture);
}

test("somebody new registers by a link, and is in the group at once", async ({ browser }) => {
  const ann = await person(browser, "ann");
  const name = unique("Books");
  const room = await found(ann, name);
  const { sheet, link } = await invite(ann.page);
  await expect(sheet.getByRole("listitem")).toContainText(/Used: 0 of 10 · until .* · by ann/);
  await sheet.getByRole("button", { name: "QR code" }).click();
  expect(await read(browser, sheet.getByRole("img", { name: "QR code" }))).toBe(link);
  await sheet.getByRole("button", { name: "QR code" }).click();
  await expect(sheet.getByRole("img", { name: "QR code" })).toHaveCount(0);
  await sheet.getByRole("button", { name: "Copy link" }).click();
  await expect(sheet.getByRole("button", { name: "Copied" })).toBeVisible();

  const page = await guest(browser);
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByText("Members: 1")).toBeVisible();
  await page.getByRole("link", { name: "Create account" }).click();
  await expect(page.getByText(`You are invited to ${name}.`)).toBeVisible();
  const ben = unique("ben");
  await fill(page, ben, "12345678", "Create account");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/Only digits/);
  await expect(page.getByText(`You are invited to ${name}.`)).toBeVisible();
  await fill(page, ben, PASSWORD, "Create account");
  await expect(page).toHaveURL(new RegExp(`/room/${room}$`));
  await expect(timeline(page)).toContainText(`${ben} joined by an invitation of ${ann.name}`);

  await expect(timeline(ann.page)).toContainText(`${ben} joined by an invitation of ${ann.name}`);
  // The sheet that is open knows of it, and what was shown in it stays.
  await expect(sheet.getByRole("listitem")).toContainText("Used: 1 of 10");
  await expect(sheet.getByRole("button", { name: "Copied" })).toBeVisible();
  await post(ann, room, "welcome");
  await page.reload();
  await expect(message(page, "welcome")).toBeVisible();
});

test("who has an account joins by a button, or by the log-in", async ({ browser }) => {
  const [ann, ben, cem] = [await person(browser, "ann"), await person(browser, "ben"), await person(browser, "cem")];
  const name = unique("Books");
  const room = await found(ann, name);
  const { sheet, link } = await invite(ann.page);
  await ben.page.goto(link);
  await ben.page.getByRole("button", { name: "Join" }).click();
  await expect(conversation(ben.page, name)).toBeVisible();
  await expect(ben.page).toHaveURL(new RegExp(`/room/${room}$`));
  await ben.page.goto(link);
  await expect(ben.page, "a member is led there").toHaveURL(new RegExp(`/room/${room}$`));

  const page = await guest(browser);
  await page.goto(link);
  await page.getByRole("link", { name: "Log in" }).click();
  await fill(page, cem.name, "not the right one", "Log in");
  await expect(page.getByRole("alert")).toHaveText("The name or the password is wrong, or the account was disabled.");
  await fill(page, cem.name, PASSWORD, "Log in");
  await expect(page).toHaveURL(new RegExp(`/room/${room}$`));
  await expect(timeline(ann.page)).toContainText(`${cem.name} joined by an invitation of ${ann.name}`);

  await insist(sheet, "Revoke", "Nobody gets in by this link any more. Revoke it?");
  await expect(sheet.getByText("There is no link yet.")).toBeVisible();
  const late = await guest(browser);
  expect((await late.goto(link))?.status()).toBe(404);
  await expect(late.getByRole("heading", { level: 1 })).toHaveText("This invitation does not work");
});

test("without JavaScript links are made and revoked on a page", async ({ browser }) => {
  const ann = await person(browser, "ann", { javaScriptEnabled: false });
  const made = await ann.context.request.post("/api/create_group", { form: { name: unique("Books") } });
  const { page } = ann;
  await page.goto(`/room/${await made.text()}`);
  await page.getByRole("link", { name: "Invite by link" }).click();
  await expect(page.getByText("There is no link yet.")).toBeVisible();
  await page.getByLabel("How many may join").selectOption({ label: "1" });
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("status")).toHaveText("Saved.");
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await page.getByText("QR code").click();
  expect(await read(browser, page.getByRole("img", { name: "QR code" }))).toBe(link);

  const ben = await guest(browser);
  await ben.goto(link);
  await ben.getByRole("link", { name: "Create account" }).click();
  await fill(ben, unique("ben"), PASSWORD, "Create account");
  await expect(timeline(ben)).toContainText("joined by an invitation of");
  await page.reload();
  await expect(page.getByRole("listitem")).toContainText("Over · Used: 1 of 1");
  await page.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("There is no link yet.")).toBeVisible();
});

test("by invitation only, a link of the administration lets one person register", async ({ browser, server }) => {
  const { page } = await administrator(browser, server);
  const set = async (mode: RegExp) => {
    await page.goto("/admin/settings");
    await page.getByLabel(mode).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("status")).toHaveText("Done.");
  };
  await set(/^By invitation/);
  try {
    const ben = await guest(browser);
    await ben.goto("/register");
    await expect(ben.getByRole("heading", { level: 1 })).toHaveText("By invitation only");
    await expect(ben.getByRole("textbox")).toHaveCount(0);
    const form = { name: unique("eve"), password: PASSWORD };
    expect((await ben.request.post("/api/register", { form })).status()).toBe(403);

    await page.goto("/admin/invitations");
    await page.getByLabel("How many may join").selectOption({ label: "1" });
    await page.getByRole("button", { name: "Make a link" }).click();
    await expect(page.getByRole("status")).toHaveText("Done.");
    const link = await page.getByRole("listitem").filter({ hasText: "Used: 0 of 1" }).first().getByRole("textbox", { name: "Link" }).inputValue();
    await ben.goto(link);
    await expect(ben.getByRole("heading", { level: 1 })).toHaveText("You are invited");
    await ben.getByRole("link", { name: "Create account" }).click();
    await fill(ben, unique("ben"), PASSWORD, "Create account");
    await expect(conversation(ben, "Lobby")).toBeVisible();
    const eve = await guest(browser);
    expect((await eve.goto(link))?.status(), "used up").toBe(404);
  } finally {
    await set(/^Open/);
  }
});

test("axe finds nothing serious around invitations, which fit a phone", async ({ browser, look }) => {
  test.setTimeout(90_000);
  const options = { ...look, reducedMotion: "reduce" } as const;
  const ann = await person(browser, "ann", options);
  const room = await found(ann, unique("Books"));
  const form = { room, hours: 24, uses: 10 };
  const made = await ann.context.request.post("/api/create_invitation", { form });
  const [{ link }] = (await made.json()) as [{ link: string }];
  const token = link.slice(link.lastIndexOf("/") + 1);
  const outside = await (await browser.newContext(options)).newPage();
  const ben = await person(browser, "ben", options);
  const seen: string[] = [];
  const shown: [Page, string][] = [
    [outside, link], [outside, `/register?invitation=${token}`], [outside, `/login?invitation=${token}`], [outside, "/join/x"],
    [ben.page, link], [ann.page, `/room/${room}/invitations`],
  ];
  const check = async (page: Page, where: string) => {
    for (const width of [1_280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) seen.push(`${where}: ${wide} pixels wide at ${width}`);
      seen.push(...(await serious(page, `${where} ${width}`)));
    }
  };
  for (const [page, path] of shown) {
    await page.goto(path);
    if (path.endsWith("/invitations")) await page.locator("summary").click();
    await check(page, path);
  }
  await ann.page.setViewportSize({ width: 1_280, height: 800 });
  await open(ann.page, `/room/${room}`);
  await ann.page.locator("main > header button").click();
  await ann.page.getByRole("dialog").getByRole("button", { name: { "en-GB": "Invite by link", "zh-CN": "链接邀请" }[look.locale] }).click();
  await ann.page.getByRole("dialog").getByRole("button", { name: { "en-GB": "QR code", "zh-CN": "二维码" }[look.locale] }).click();
  await expect(ann.page.getByRole("dialog").locator("svg.qr")).toBeVisible();
  await check(ann.page, "sheet");
  expect(seen).toEqual([]);
});
