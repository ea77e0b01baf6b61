import { absent, expect, open, person, test } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { post } from "./chat.ts";
import { png, text, wav } from "./pictures.ts";

test("axe finds nothing serious on any page or dialog", async ({ browser, look }) => {
  test.setTimeout(90_000);
  const options = { ...look, reducedMotion: "reduce" } as const;
  const found: string[] = [];
  const outside = await (await browser.newContext(options)).newPage();
  await outside.goto("/login");
  found.push(...(await serious(outside, "log-in")));
  await outside.goto("/register");
  await outside.locator("input[name=password]").fill("1234567");
  await outside.locator("form.card button").click();
  await expect(outside.locator("input[name=password]")).toHaveAttribute("aria-invalid", "true");
  found.push(...(await serious(outside, "register, refused")));

  const [ada, bob] = await Promise.all([person(browser, "ada", options), absent(browser, "bob")]);
  const { page } = ada;
  found.push(...(await serious(page, "list")));
  const row = page.getByRole("navigation").getByRole("button").filter({ hasText: bob.name });
  await row.click();
  await page.waitForURL(/\/room\/\d+$/);
  const room = Number(/\d+$/.exec(page.url())?.[0]);
  await expect(page.locator("main textarea")).toBeVisible();
  found.push(...(await serious(page, "empty conversation")));

  const sent = [png("harbour.png", 300, 200), png("pier.png", 300, 200), wav("waves.wav"), text("list.txt")];
  await page.locator("main input[type=file]").setInputFiles(sent);
  await expect(page.locator(".strip progress")).toHaveCount(0);
  found.push(...(await serious(page, "what waits to be sent")));
  await page.locator("main form textarea").press("Enter");
  await expect(page.getByRole("img", { name: "harbour.png" })).toBeVisible();
  for (const words of ["see https://a.example", "to delete", "to edit", "😺"]) await post(ada, room, words);
  for (const words of ["an answer", "with https://b.example"]) await post(bob, room, words);
  await page.request.post("/api/delete", { form: { room, seq: 3 } });
  await page.request.post("/api/edit", { form: { room, seq: 4, body: "edited words" } });
  await expect(page.locator("li.msg .edited")).toBeVisible();
  await page.locator("li.msg", { hasText: "edited words" }).hover();
  found.push(...(await serious(page, "conversation")));

  await page.getByRole("img", { name: "harbour.png" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  found.push(...(await serious(page, "picture, large")));
  await page.keyboard.press("Escape");
  await page.locator("main > header button").click();
  await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(2);
  found.push(...(await serious(page, "details")));
  await page.keyboard.press("Escape");

  const emoji = { "en-GB": "Emoji", "zh-CN": "表情" }[look.locale];
  await page.getByRole("button", { name: emoji, exact: true }).click();
  await page.getByRole("dialog").getByRole("searchbox").fill("cat");
  await expect(page.getByRole("dialog").getByRole("button").first()).toBeVisible();
  found.push(...(await serious(page, "emoji")));
  await page.keyboard.press("Escape");

  const own = page.locator("li.msg", { hasText: "edited words" });
  await own.hover();
  await own.locator(".actions button").last().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  found.push(...(await serious(page, "deleting")));
  await page.keyboard.press("Escape");
  await own.hover();
  await own.locator(".actions button").nth(-2).click();
  await expect(own.getByRole("textbox")).toBeVisible();
  await page.locator("main input[type=file]").setInputFiles({ ...png("no.png", 9, 9), buffer: png("no.png", 9, 9).buffer.subarray(0, 40) });
  await expect(page.locator(".upload").getByRole("alert")).toBeVisible();
  found.push(...(await serious(page, "a refused upload")));
  await page.locator(".upload button").last().click();
  await page.route("**/api/{send,poll}*", (route) => route.abort());
  await page.locator("main form textarea").fill("never sent");
  await page.locator("main form textarea").press("Enter");
  await expect(page.locator("main .banner")).toBeVisible();
  await expect(page.locator("li.sending")).toBeVisible();
  found.push(...(await serious(page, "no answer, an edit")));
  await page.unroute("**/api/{send,poll}*");

  for (const path of ["/settings", "/room/999999"]) {
    await open(page, path);
    found.push(...(await serious(page, path)));
  }
  await page.goto("/no/such/page");
  found.push(...(await serious(page, "no such page")));
  expect(found).toEqual([]);
});
