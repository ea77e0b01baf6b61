import { expect, person, test } from "./fixtures.ts";
import { composer, meet } from "./chat.ts";

test("the other side sees that one writes, until it is said or one stops", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob", { locale: "zh-CN" })]);
  const room = await meet(ada.page, bob.name);
  await bob.page.goto(`/room/${room}`);
  const seen = bob.page.locator("#main > header");
  await composer(ada.page).pressSequentially("hello");
  await expect(seen).toContainText(`${ada.name} 正在输入…`);
  await composer(ada.page).press("Enter");
  await expect(bob.page.locator("li.msg", { hasText: "hello" })).toBeVisible();
  await expect(seen).not.toContainText("正在输入");
  // One who stops.
  await ada.page.waitForTimeout(3_000);
  await composer(ada.page).pressSequentially("well");
  await expect(seen).toContainText("正在输入");
  await expect(seen).not.toContainText("正在输入", { timeout: 9_000 });
  await expect(ada.page.locator("#main > header")).not.toContainText("writing");
});
