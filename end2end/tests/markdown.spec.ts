import { absent, expect, person, test } from "./fixtures.ts";
import { faults } from "./axe.ts";
import { arrived, bubble, composer, meet, post, say } from "./chat.ts";

test("marks in a text are drawn, for the reader and the sender, in the page and from the server", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  const text = [
    "**Plan** for *Friday*, ~~Thursday~~: run `make all`, see https://a.example/b_c_d or [the docs](http://b.example).",
    "> who brings the cake?",
    "1. flour",
    "2. eggs",
    "   - six",
    "```rust",
    "let a = *b * c; // 你好",
    "    indented(\"a long line that is scrolled and not broken, however narrow the page is that shows it\");",
    "```",
    "never **closed, snake_case_name",
  ].join("\n");
  await post(ada, room, text);
  for (const page of [ada.page, bob.page]) {
    const shown = bubble(page, "Plan");
    for (let visit = 0; visit < 2; visit++) {
      await expect(shown.getByRole("strong")).toHaveText("Plan");
      await expect(shown.getByRole("emphasis")).toHaveText("Friday");
      await expect(shown.locator("s")).toHaveText("Thursday");
      await expect(shown.getByRole("blockquote")).toHaveText("who brings the cake?");
      await expect(shown.getByRole("listitem").filter({ hasText: "eggs" }).getByRole("listitem")).toHaveText("six");
      await expect(shown.locator("pre")).toContainText("let a = *b * c; // 你好\n    indented(");
      await expect(shown.getByRole("link", { name: "the docs" })).toHaveAttribute("href", "http://b.example");
      await expect(shown.getByRole("link", { name: "https://a.example/b_c_d" })).toHaveAttribute("rel", /noopener/);
      await expect(shown).toContainText("never **closed, snake_case_name");
      if (visit === 0) await page.reload();
    }
  }
  for (const [width, scheme] of [[360, "light"], [360, "dark"], [1280, "light"], [1280, "dark"]] as const) {
    await bob.page.setViewportSize({ width, height: 740 });
    await bob.page.emulateMedia({ colorScheme: scheme });
    expect(await bob.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await faults(bob.page, "", [".timeline"])).toEqual([]);
    await bob.page.screenshot({ path: test.info().outputPath(`markdown-${width}-${scheme}.png`) });
  }
});

test("fenced code is copied as it stands", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const bob = await absent(browser, "bob");
  await meet(ada.page, bob.name);
  await composer(ada.page).fill("```\nfn main() {\n    run();\n}\n```");
  await composer(ada.page).press("Enter");
  // What is on its way is drawn anew when it has arrived.
  await expect(arrived(ada.page)).toHaveCount(1);
  const copy = bubble(ada.page, "fn main").getByRole("button", { name: "Copy" });
  await copy.click();
  await expect(bubble(ada.page, "fn main").getByRole("button", { name: "Copied" })).toBeVisible();
  await composer(ada.page).focus();
  await ada.page.keyboard.press("ControlOrMeta+v");
  await expect(composer(ada.page)).toHaveValue("fn main() {\n    run();\n}");
  await expect(copy).toBeVisible();
});

test("a text that is edited is drawn anew, and edited as it was typed", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await say(ada.page, "**one**");
  const own = ada.page.locator("li[id=m-1]");
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  const field = own.getByRole("textbox", { name: "Edit" });
  await expect(field).toHaveValue("**one**");
  await field.fill("_two_");
  await field.press("Enter");
  await expect(bubble(bob.page, "two").getByRole("emphasis")).toHaveText("two");
});
