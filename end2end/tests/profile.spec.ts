import { expect, open, person, test } from "./fixtures.ts";
import { conversation, enter, meet, message, post, say, somebody } from "./chat.ts";
import { png } from "./pictures.ts";

test("shown name, introduction and picture are seen by another without a reload", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(bob.page, ada.name);
  await post(ada, room, "who am I?");
  await expect(message(bob.page, "who am I?")).toContainText(ada.name);
  await bob.page.evaluate(() => Object.assign(window, { still: true }));

  await ada.page.getByRole("link", { name: "Settings" }).click();
  const profile = ada.page.getByRole("region", { name: "Profile" });
  const shown = `Ada L. ${ada.name.slice(-6)}`;
  await expect(profile.getByLabel("Shown name")).toHaveValue(ada.name);
  await profile.getByLabel("Shown name").fill(shown);
  await profile.getByLabel("Introduction").fill("writes about engines");
  await profile.getByRole("button", { name: "Save" }).click();
  await expect(profile.getByRole("status")).toHaveText("Saved.");
  await expect(somebody(bob.page, shown)).toContainText("writes about engines");
  await expect(conversation(bob.page, shown)).toBeVisible();
  await expect(message(bob.page, "who am I?")).toContainText(shown);
  await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText(shown);
  await expect(somebody(bob.page, ada.name)).toHaveCount(0);
  // Another of the same shown name is told apart by the account's name.
  await expect(somebody(bob.page, shown)).toContainText(`@${ada.name}`);
  await expect(bob.page.getByRole("main").getByText(`@${ada.name}`).first()).toBeVisible();

  const face = somebody(bob.page, shown).locator(".avatar");
  await expect(face).toHaveText("A");
  await profile.getByLabel("Choose a picture").setInputFiles(png("me.png", 300, 200));
  await expect.poll(() => face.locator("img").evaluateAll(([img]) => (img as HTMLImageElement | undefined)?.naturalWidth ?? 0)).toBeGreaterThan(0);
  await profile.getByRole("button", { name: "Remove" }).click();
  await expect(face).toHaveText("A");
  expect(await bob.page.evaluate(() => "still" in window)).toBe(true);

  await open(ada.page, "/settings");
  await expect(profile.getByLabel("Shown name")).toHaveValue(shown);
  await expect(profile.getByLabel("Introduction")).toHaveValue("writes about engines");
});

test("a profile's broken rules are named next to their fields", async ({ browser }) => {
  const ada = await person(browser, "ada");
  await open(ada.page, "/settings");
  const profile = ada.page.getByRole("region", { name: "Profile" });
  await profile.getByLabel("Shown name").fill("   ");
  await profile.getByLabel("Introduction").fill("i".repeat(301));
  await profile.getByRole("button", { name: "Save" }).click();
  await expect(profile.getByLabel("Shown name")).toHaveAccessibleDescription(/^This is needed\./);
  await expect(profile.getByLabel("Introduction")).toHaveAccessibleDescription("At most 300 characters.");
  await profile.getByLabel("Choose a picture").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from("not me") });
  await expect(profile.getByRole("alert").filter({ hasText: "This is not a picture that can be shown" })).toBeVisible();
});

test("a picture that is on its way is set although one leaves the settings", async ({ browser }) => {
  const { page } = await person(browser, "ada");
  await open(page, "/settings");
  let answer = (): void => {};
  const held = new Promise<void>((done) => (answer = done));
  await page.route("**/api/media*", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Choose a picture").setInputFiles(png("me.png", 300, 200));
  await expect(page.getByText(/^\d+ %$/)).toBeVisible();
  await enter(page, "Lobby");
  answer();
  await expect(page.getByRole("link", { name: "Settings" }).locator("img")).toBeVisible();
  await say(page, "still here");
  await expect(message(page, "still here")).toBeVisible();
});
