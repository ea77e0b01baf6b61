import { PASSWORD, again, expect, open, person, problems, test, unique } from "./fixtures.ts";
import { conversation, list } from "./chat.ts";

test("a newcomer registers, is in the lobby, logs out, and logs in again", async ({ page }) => {
  const found = problems(page);
  const name = unique("ada");
  await page.goto("/login");
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(conversation(page, "Lobby")).toBeVisible();

  // Awake: a page that comes to life while its form is on the way would ask once more, and get a 401.
  await open(page, "/settings");
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.getByLabel("Name").fill(name.toUpperCase());
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(conversation(page, "Lobby")).toBeVisible();
  expect(found).toEqual([]);
});

test("each broken rule is named next to its field", async ({ browser, page }) => {
  const taken = await person(browser, "eva");
  const long = unique("marigold");
  await page.goto("/register");
  // A field's label holds what is wrong with it too.
  const name = page.getByLabel(/^Name/);
  const password = page.getByLabel(/^Password/);
  const trials: [string, string, RegExp | "", RegExp | ""][] = [
    ["", "1234567", /^This is needed\.$/, /^At least 8 characters\. .*digits/],
    ["two words", PASSWORD, /^A name has no spaces\.$/, ""],
    ["n".repeat(31), PASSWORD, /^At most 30 characters\.$/, ""],
    [long, long, "", /^Too much like the name\./],
    [long, "password", "", /often used/],
    [long, "x".repeat(201), "", /^At most 200 characters\./],
    [taken.name.toUpperCase(), PASSWORD, /^This name is taken/, ""],
  ];
  for (const [typed, secret, ofName, ofPassword] of trials) {
    await name.fill(typed);
    await password.fill(secret);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(name).toHaveAccessibleDescription(ofName);
    await expect(password).toHaveAccessibleDescription(ofPassword);
    await expect(ofName ? name : password).toHaveAttribute("aria-invalid", "true");
    await expect(name).toHaveValue(typed);
  }
  await expect(page).toHaveURL(/\/register$/);
});

test("a wrong password and an unknown name get the same answer", async ({ browser, page }) => {
  const { name } = await person(browser, "bob");
  await page.goto("/login");
  for (const [typed, secret] of [[name, "not the right one"], [unique("nobody"), PASSWORD]] as const) {
    await page.getByLabel("Name").fill(typed);
    await page.getByLabel("Password").fill(secret);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("alert")).toHaveText("The name or the password is wrong.");
    await page.reload();
  }
  await expect(page).toHaveURL(/\/login/);
});

test("who guesses too often is told when to try again", async ({ browser, page }) => {
  const { name } = await person(browser, "carl");
  const guess = () => page.request.post("/api/login", { form: { name, password: "not the right one" } });
  for (let attempt = 0; attempt < 5; attempt++) expect((await guess()).status()).toBe(401);
  const refused = await guess();
  expect(refused.status()).toBe(429);
  expect(Number(refused.headers()["retry-after"])).toBeGreaterThan(0);

  await page.goto("/login");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/^Too many attempts\. Try again in \d+ s\.$/);
});

test("without a session every page leads to the log-in", async ({ page }) => {
  for (const path of ["/", "/room/1", "/settings"]) {
    await page.goto(path);
    await expect(page, path).toHaveURL(/\/login$/);
  }
});

test("logging out ends the session on the server and in every tab", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const cookies = await ada.context.cookies();
  expect(cookies.find((cookie) => cookie.httpOnly)).toMatchObject({ sameSite: "Lax", path: "/" });
  const other = await ada.context.newPage();
  await open(other, "/");

  await ada.page.goto("/settings");
  await ada.page.getByRole("button", { name: "Log out" }).click();
  await expect(ada.page).toHaveURL(/\/login$/);
  await expect(other).toHaveURL(/\/login$/);
  await ada.context.addCookies(cookies);
  await ada.page.goto("/");
  await expect(ada.page).toHaveURL(/\/login$/);
});

test("a new password ends one's other sessions, and the old one is worth nothing", async ({ browser }) => {
  const here = await person(browser, "dora");
  const there = await again(browser, here.name);
  const secret = "another-quiet-river-31";
  await open(here.page, "/settings");
  const panel = here.page.getByRole("region", { name: "Change password" });
  await panel.getByLabel("Present password").fill("not the right one");
  await panel.locator("input[name=new]").fill(secret);
  await panel.getByRole("button", { name: "Change password" }).click();
  await expect(panel.getByRole("alert")).not.toBeEmpty();

  await panel.getByLabel("Present password").fill(PASSWORD);
  await panel.locator("input[name=new]").fill(secret);
  await panel.getByRole("button", { name: "Change password" }).click();
  await expect(panel.getByRole("status")).toHaveText("Saved.");
  await expect(there.page).toHaveURL(/\/login$/);
  await here.page.goto("/");
  await expect(list(here.page)).toBeVisible();
  const log = (password: string) => there.context.request.post("/api/login", { form: { name: here.name, password } });
  expect((await log(PASSWORD)).status()).toBe(401);
  expect((await log(secret)).ok()).toBe(true);
});

test("an account made on the command line can log in", async ({ browser, server }) => {
  const name = unique("erik");
  server.run(["user", "create", name, "--admin"], `${PASSWORD}\n`);
  const erik = await again(browser, name);
  await expect(conversation(erik.page, "Lobby")).toBeVisible();
});
