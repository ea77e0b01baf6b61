import { absent, expect, open, person, test } from "./fixtures.ts";
import { serious } from "./axe.ts";
import { arrived, conversation, enter, message, post, say } from "./chat.ts";

const LOBBY = 1;

test("who is mentioned sees it in the list and in the text, until it is read", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob", { locale: "zh-CN", colorScheme: "dark" })]);
  const shown = `小白 ${bob.name.slice(-4)}`;
  await bob.context.request.post("/api/update_profile", { form: { display_name: shown, introduction: "" } });
  await enter(ada.page, "Lobby");
  await say(ada.page, `good morning, **dear** @${bob.name.toUpperCase()}, not bob@${bob.name}`);
  const row = bob.page.getByRole("navigation", { name: "会话" }).getByRole("link", { name: "大厅" });
  await expect(row.getByRole("img", { name: "1 条提到你" })).toBeVisible();
  await expect(bob.page).toHaveTitle(/^\(\d+\)/);
  // Nobody else hears of it.
  await expect(arrived(ada.page).filter({ hasText: shown })).toHaveCount(1);
  await expect(ada.page.locator(".mention")).toHaveText(`@${shown}`);
  await expect(ada.page.locator(".mention.me")).toHaveCount(0);

  await open(bob.page, "/");
  await expect(row.getByRole("img", { name: "1 条提到你" })).toBeVisible();
  await row.click();
  const said = bob.page.locator("li.msg", { hasText: "good morning" });
  const mention = said.locator(".mention");
  await expect(mention).toHaveText(`@${shown}`);
  await expect(mention).toHaveClass(/me/);
  await expect(said.locator("strong")).toHaveText("dear");
  await expect(row.getByRole("img", { name: "1 条提到你" })).toHaveCount(0);
  for (const { page } of [ada, bob]) {
    expect(await serious(page, "", [".timeline", ".side"])).toEqual([]);
  }
});

test("everybody can be mentioned, and an edit mentions somebody else", async ({ browser }) => {
  const [ada, bob, eve] = await Promise.all([person(browser, "ada"), person(browser, "bob"), person(browser, "eve")]);
  const made = await ada.context.request.post("/api/create_group", { form: { name: `g ${ada.name}`, introduction: "", visibility: "private" } });
  const room = Number(await made.text());
  const ids = await Promise.all([bob, eve].map(({ context }) => context.request.get("/api/snapshot").then(async (answer) => (await answer.json()).me.id)));
  await ada.context.request.post("/api/add_members", { form: { room, "people[0]": ids[0], "people[1]": ids[1] } });
  // That they were added is theirs to know, too.
  const marks = (count: number) =>
    [bob, eve].map(({ page }) => conversation(page, `g ${ada.name}`).getByRole("img", { name: `${count} that mention you` }));
  for (const mark of marks(1)) await expect(mark).toBeVisible();
  await post(ada, room, "to @all of you");
  for (const mark of marks(2)) await expect(mark).toBeVisible();
  await ada.context.request.post("/api/edit", { form: { room, seq: 3, body: `to @${eve.name} alone` } });
  await expect(marks(1)[0]!).toBeVisible();
  await expect(marks(2)[1]!).toBeVisible();
  await ada.context.request.post("/api/delete", { form: { room, seq: 3 } });
  await expect(marks(1)[1]!).toBeVisible();
  await open(ada.page, `/room/${room}`);
  await post(bob, room, "@所有人 hello");
  await expect(message(ada.page, "hello").locator(".mention.me")).toHaveText("@所有人");
});

test("without JavaScript a mention is marked", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada", { javaScriptEnabled: false }), absent(browser, "bob")]);
  await post(bob, LOBBY, `hello @${ada.name}!`);
  await ada.page.goto(`/room/${LOBBY}`);
  await expect(message(ada.page, `hello @${ada.name}!`).locator(".mention.me")).toBeVisible();
});
