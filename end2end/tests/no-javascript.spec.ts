import { PASSWORD, expect, person, test, unique } from "./fixtures.ts";
import { arrived, composer, conversation, meet, message, post, somebody, timeline } from "./chat.ts";

const plain = { javaScriptEnabled: false };

test("registers, is told what is wrong, and logs in without JavaScript", async ({ browser }) => {
  const page = await (await browser.newContext(plain)).newPage();
  const name = unique("pia");
  const send = async (typed: string, password: string, button: string) => {
    await page.getByLabel(/^Name/).fill(typed);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: button }).click();
  };
  await page.goto("/register");
  await expect(page.getByText("Show password")).toBeHidden();
  await send(name, "1234567", "Create account");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/^At least 8 characters\./);
  expect(page.url()).not.toContain("1234567");
  await send(name, PASSWORD, "Create account");
  await expect(conversation(page, "Lobby")).toBeVisible();

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await send(name, "not the right one", "Log in");
  await expect(page.getByRole("alert")).toHaveText("The name or the password is wrong, or the account was disabled.");
  expect(page.url()).not.toContain("right");
  await send(name, PASSWORD, "Log in");
  await expect(conversation(page, "Lobby")).toBeVisible();
});

test("without JavaScript the settings say what was done", async ({ browser }) => {
  const { page } = await person(browser, "pia", plain);
  await page.goto("/settings");
  const profile = page.getByRole("region", { name: "Profile" });
  await profile.getByLabel("Introduction").fill("writes by hand");
  await profile.getByRole("button", { name: "Save" }).click();
  await expect(profile.getByRole("status")).toHaveText("Saved.");
  await expect(profile.getByLabel("Introduction")).toHaveValue("writes by hand");
  const panel = page.getByRole("region", { name: "Change password" });
  const change = async (current: string) => {
    await panel.getByLabel("Present password").fill(current);
    await panel.getByLabel("New password").fill("other-harbour-lamp-72");
    await panel.getByRole("button", { name: "Change password" }).click();
  };
  await change("not the right one");
  await expect(panel.getByLabel("Present password")).toHaveAttribute("aria-invalid", "true");
  await expect(profile.getByRole("status")).toHaveCount(0);
  await change(PASSWORD);
  await expect(panel.getByRole("status")).not.toBeEmpty();
});

test("reads and writes without JavaScript", async ({ browser }) => {
  const [ada, pia] = await Promise.all([person(browser, "ada"), person(browser, "pia", plain)]);
  const { page } = pia;
  await page.reload();
  await somebody(page, ada.name).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ada.name);
  await composer(page).fill("plain words\n<b>& a second line</b>");
  const form = Object.fromEntries(
    await page.locator("main form input[type=hidden]").evaluateAll((fields) =>
      fields.map((field) => [(field as HTMLInputElement).name, (field as HTMLInputElement).value]),
    ),
  );
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page).toHaveURL(/\/room\/\d+\??$/);
  await expect(message(page, "plain words")).toHaveCount(1);
  // The form made its message's name: sent again, by a reload say, it is still one.
  await pia.context.request.post("/api/send", { form: { ...form, body: "plain words again" } });
  await page.reload();
  await expect(message(page, "plain words")).toHaveCount(1);
  await composer(page).fill("and more");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(arrived(page)).toHaveCount(2);

  await expect(conversation(ada.page, pia.name)).toContainText("2 unread");
  await meet(ada.page, pia.name);
  await expect(message(ada.page, "plain words")).toContainText("<b>& a second line</b>");
});

test("without JavaScript nothing is shown that needs it", async ({ browser }) => {
  const { page } = await person(browser, "pia", plain);
  await page.goto("/room/1");
  await expect(composer(page)).toBeVisible();
  await expect(page.getByRole("link", { name: "Search in this conversation" })).toBeVisible();
  for (const name of ["Details", "Emoji"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await expect(page.getByText("Attach files")).toBeHidden();
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Profile" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Notifications" })).toBeHidden();
  await expect(page.getByText("Choose a picture")).toBeHidden();
  await page.goto("/groups");
  await expect(page.getByText("This list needs JavaScript.")).toBeVisible();
});

test("pages older messages by tens without JavaScript", async ({ browser }) => {
  const [ada, pia] = await Promise.all([person(browser, "ada"), person(browser, "pia", plain)]);
  const room = await meet(ada.page, pia.name);
  for (let n = 1; n <= 25; n++) await post(n % 2 ? ada : pia, room, `Number ${n}.`);
  const { page } = pia;
  await page.goto("/");
  await expect(conversation(page, ada.name)).toContainText("13 unread");
  await conversation(page, ada.name).click();
  const older = timeline(page).getByRole("link", { name: "Older messages" });
  const shown = async () => (await arrived(page).locator(".bubble").allInnerTexts()).map((text) => text.trim());
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `Number ${from + n}.`);
  expect(await shown()).toEqual(numbers(16, 25));
  await older.click();
  await expect(arrived(page).first()).toContainText("Number 6.");
  expect((await shown()).slice(0, 10)).toEqual(numbers(6, 15));
  await older.click();
  await expect(arrived(page).first()).toContainText("Number 1.");
  await expect(older).toHaveCount(0);
});

test("chooses language and colours without JavaScript", async ({ browser }) => {
  const page = await (await browser.newContext(plain)).newPage();
  await page.goto("/login");
  await page.getByRole("button", { name: "中文" }).click();
  await expect(page.getByRole("button", { name: "登录" })).toBeVisible();
  await page.getByRole("button", { name: "深色" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page).toHaveURL(/\/login/);
});
