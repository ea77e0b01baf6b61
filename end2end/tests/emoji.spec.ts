import { expect, person, test } from "./fixtures.ts";
import { bubble, composer, meet, say } from "./chat.ts";

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
