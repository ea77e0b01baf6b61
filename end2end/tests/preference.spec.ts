import { expect, open, person, test } from "./fixtures.ts";

/** How light the page's ground is: 0 black, 255 white. */
const lightness = () => {
  const probe = document.createElement("canvas").getContext("2d");
  if (!probe) throw new Error("no canvas");
  const colours = [document.body, document.documentElement].map((element) => getComputedStyle(element).backgroundColor);
  probe.fillStyle = colours.find((colour) => !/(, 0\)|transparent)$/.test(colour)) ?? "white";
  probe.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;
  return (red + green + blue) / 3;
};

test("the language is the browser's, until one is chosen by hand, which is remembered", async ({ browser }) => {
  const ada = await person(browser, "ada", { locale: "zh-CN" });
  const { page } = ada;
  const html = page.locator("html");
  await expect(html).toHaveAttribute("lang", "zh-CN");
  await expect(page.getByRole("navigation", { name: "会话" })).toContainText("大厅");
  await open(page, "/settings");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("设置");
  const kept = page.waitForResponse(/\/api\/set_lang/);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expect(html).toHaveAttribute("lang", "en");
  await expect(page.getByRole("navigation", { name: "Conversations" })).toContainText("Lobby");
  await kept;
  await open(page, "/settings");
  await expect(html).toHaveAttribute("lang", "en");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expect(page.getByRole("button", { name: "English" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("button", { name: "中文" })).toHaveAttribute("aria-pressed", "false");
});

test("errors speak the reader's language", async ({ browser }) => {
  const page = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await page.goto("/register");
  await page.getByLabel(/^用户名/).fill("两 个");
  await page.getByLabel(/^密码/).fill("1234567");
  await page.getByRole("button", { name: "创建账号" }).click();
  await expect(page.getByLabel(/^用户名/)).toHaveAccessibleDescription(/^用户名不能包含空格或不可见字符。/);
  await expect(page.getByLabel(/^密码/)).toHaveAccessibleDescription(/^至少 8 个字符。/);
  await page.goto("/login");
  await page.getByLabel(/^用户名/).fill("没有这个人");
  await page.getByLabel(/^密码/).fill("不正确的密码");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("alert")).toHaveText("用户名或密码不正确，或账号已停用。");
});

test("a language that is not ours gets English", async ({ browser }) => {
  const page = await (await browser.newContext({ locale: "de-DE" })).newPage();
  await page.goto("/login");
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
});

test("the colours are the device's, until some are chosen by hand, which are remembered", async ({ browser }) => {
  const ada = await person(browser, "ada", { colorScheme: "dark" });
  const { page } = ada;
  expect(await page.evaluate(lightness)).toBeLessThan(80);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => page.evaluate(lightness)).toBeGreaterThan(180);
  await open(page, "/settings");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect.poll(() => page.evaluate(lightness)).toBeLessThan(80);
  const answer = await ada.context.request.get("/settings");
  expect(await answer.text()).toMatch(/<html[^>]* data-theme="dark"/);
  await open(page, "/settings");
  expect(await page.evaluate(lightness)).toBeLessThan(80);
  await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "As the device is set" }).click();
  await expect.poll(() => page.evaluate(lightness)).toBeGreaterThan(180);
});
