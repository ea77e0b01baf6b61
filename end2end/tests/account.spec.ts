import { absent, again, expect, open, PASSWORD, person, problems, test, unique } from "./fixtures.ts";
import { conversation, list } from "./chat.ts";

test("a newcomer registers, is in the lobby, logs out, and logs in again", async ({ page }) => {
  const found = problems(page);
  const name = unique("ada");
  await page.goto("/login");
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(conversation(page, "Lobby")).toBeVisible();

  // Awake: a page that comes to life while its form is on the way would ask once more, and get a 401.
  await open(page, "/settings");
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.getByLabel("Name").fill(name.toUpperCase());
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(conversation(page, "Lobby")).toBeVisible();
  expect(found).toEqual([]);
});

test("each broken rule is named next to its field", async ({ browser, page }) => {
  const taken = await absent(browser, "eva");
  const long = unique("marigold");
  await page.goto("/register");
  const name = page.getByLabel("Name");
  const password = page.getByLabel("Password", { exact: true });
  // The rules are there before one makes a mistake.
  const rules = [/^At most 30 characters, no spaces/, /^At least 8 characters; not only digits/] as const;
  await expect(name).toHaveAccessibleDescription(rules[0]);
  await expect(password).toHaveAccessibleDescription(rules[1]);
  const trials: [string, string, RegExp | "", RegExp | ""][] = [
    ["", "1234567", /^This is needed\./, /^At least 8 characters\. .*digits/],
    ["two words", PASSWORD, /^A name has no spaces or invisible characters\./, ""],
    ["n".repeat(31), PASSWORD, /^At most 30 characters\./, ""],
    [long, long, "", /^Too much like the name\./],
    [long, "password", "", /often used/],
    [long, "x".repeat(201), "", /^At most 200 characters\./],
    [taken.name.toUpperCase(), PASSWORD, /^This name is taken/, ""],
  ];
  for (const [typed, secret, ofName, ofPassword] of trials) {
    await name.fill(typed);
    await password.fill(secret);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(name).toHaveAccessibleDescription(ofName || rules[0]);
    await expect(password).toHaveAccessibleDescription(ofPassword || rules[1]);
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
    await page.getByLabel("Password", { exact: true }).fill(secret);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("alert")).toHaveText("The name or the password is wrong, or the account was disabled.");
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
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/^Too many attempts\. Try again in \d+ s\.$/);
});

test("without a session every page leads to the log-in", async ({ page }) => {
  for (const path of ["/", "/room/1", "/settings"]) {
    await page.goto(path);
    await expect(page, path).toHaveURL(/\/login/);
    await expect(page.getByText("You were logged out here")).toHaveCount(0);
  }
});

test("a session that ended elsewhere is explained, and the log-in leads back to the page", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const { page } = ada;
  await open(page, "/room/1");
  const form = { current: PASSWORD, new: "another-quiet-river-31" };
  const there = await again(browser, ada.name);
  expect((await there.context.request.post("/api/change_password", { form })).ok()).toBe(true);
  await expect(page.getByText("You were logged out here")).toBeVisible();
  const logIn = async (password: string) => {
    await page.getByLabel("Name").fill(ada.name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
  };
  for (let n = 0; n < 2; n++) {
    await logIn(PASSWORD);
    await expect(page.getByRole("alert")).toHaveText("The name or the password is wrong, or the account was disabled.");
  }
  await logIn(form.new);
  await expect(page).toHaveURL(/\/room\/1$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Lobby");
});

test("what is typed as a password can be seen, by the mouse or by keys", async ({ browser, page }) => {
  for (const path of ["/login", "/register"]) {
    await page.goto(path);
    const password = page.getByLabel("Password", { exact: true });
    await password.fill(PASSWORD);
    await expect(password).toHaveAttribute("type", "password");
    await page.keyboard.press("Tab");
    await expect(page.getByLabel("Show password")).toBeFocused();
    await page.keyboard.press("Space");
    await expect(password).toHaveAttribute("type", "text");
    await page.getByText("Show password").click();
    await expect(password).toHaveAttribute("type", "password");
  }
  const ada = await person(browser, "ada");
  await open(ada.page, "/settings");
  const panel = ada.page.getByRole("region", { name: "Change password" });
  await panel.getByLabel("Show password").check();
  await expect(panel.getByLabel("Present password")).toHaveAttribute("type", "text");
  await expect(panel.getByLabel("New password")).toHaveAttribute("type", "text");
});

test("logging out ends the session on the server and in every tab", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const cookies = await ada.context.cookies();
  expect(cookies.find((cookie) => cookie.httpOnly)).toMatchObject({ sameSite: "Lax", path: "/" });
  const other = await ada.context.newPage();
  await open(other, "/");

  await open(ada.page, "/settings");
  await ada.page.route("**/api/logout", (route) => route.abort(), { times: 1 });
  await ada.page.getByRole("button", { name: "Log out" }).click();
  await expect(ada.page.getByRole("alert").filter({ hasText: "The server does not answer." })).toBeVisible();
  await ada.page.getByRole("button", { name: "Log out" }).click();
  await expect(ada.page).toHaveURL(/\/login$/);
  await expect(other).toHaveURL(/\/login\?/);
  await expect(other.getByText("You were logged out here")).toBeVisible();
  await ada.context.addCookies(cookies);
  await ada.page.goto("/");
  await expect(ada.page).toHaveURL(/\/login\?/);
});

test("a new password is told at its fields, and ends one's other sessions", async ({ browser }) => {
  const here = await person(browser, "dora");
  const there = await again(browser, here.name);
  const secret = "another-quiet-river-31";
  await open(here.page, "/settings");
  const panel = here.page.getByRole("region", { name: "Change password" });
  const current = panel.getByLabel("Present password");
  const next = panel.getByLabel("New password");
  const change = async (from: string, to: string) => {
    await current.fill(from);
    await next.fill(to);
    await panel.getByRole("button", { name: "Change password" }).click();
  };
  await change("not the right one", secret);
  await expect(current).toHaveAccessibleDescription("This is not your present password.");
  await change(PASSWORD, PASSWORD);
  await expect(next).toHaveAccessibleDescription(/^This is your present password\./);
  await change(PASSWORD, secret);
  await expect(panel.getByRole("status")).toHaveText(/^Your password is changed; all your other sessions/);
  await expect(current).toHaveValue("");
  await expect(there.page).toHaveURL(/\/login\?/);
  await here.page.goto("/");
  await expect(list(here.page)).toBeVisible();
  const log = (password: string) => there.context.request.post("/api/login", { form: { name: here.name, password } });
  expect((await log(secret)).ok()).toBe(true);
});

test("an account made on the command line can log in", async ({ browser, server }) => {
  const name = unique("erik");
  server.run(["user", "create", name, "--admin"], `${PASSWORD}\n`);
  const erik = await again(browser, name);
  await expect(conversation(erik.page, "Lobby")).toBeVisible();
});
