import { absent, expect, person, test } from "./fixtures.ts";
import { arrived, bubble, composer, conversation, enter, meet, message, post, say } from "./chat.ts";

test("an edit is seen by the other, and marked", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await say(ada.page, "at five");
  await expect(message(bob.page, "at five")).toBeVisible();
  const own = arrived(ada.page).first();
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  const field = own.getByRole("textbox", { name: "Edit" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("at five");
  await field.fill("never mind");
  await field.press("Escape");
  await expect(own).toContainText("at five");
  await expect(composer(ada.page)).toBeFocused();

  // The same words are no edit.
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  await field.press("Enter");
  await expect(field).toHaveCount(0);
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  await field.fill("at six\nor later");
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let edits = 0;
  await ada.page.route("**/api/edit", async (route) => {
    edits++;
    await released;
    await route.continue();
  });
  await field.press("Enter");
  // While it is saved nothing is typed that would be lost.
  await expect(field).not.toBeEditable();
  await field.press("Enter");
  release();
  await expect(composer(ada.page)).toBeFocused();
  expect(edits).toBe(1);
  await expect(message(bob.page, "at six")).toContainText("edited");
  await expect(message(ada.page, "at six")).toContainText("edited");
  expect(await bubble(bob.page, "at six").innerText()).toBe("at six\nor later");
  await expect(message(bob.page, "at five")).toHaveCount(0);
  await expect(arrived(bob.page)).toHaveCount(1);
  await expect(conversation(bob.page, ada.name)).toContainText("at six");
});

test("the arrow up in an empty field edits what was said last, below what it answers", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const { page } = ada;
  const room = await meet(page, bob.name);
  await say(page, "a message before");
  await post(bob, room, "tea or coffee?");
  await message(page, "tea or coffee?").hover();
  await message(page, "tea or coffee?").getByRole("button", { name: "Reply" }).click();
  await say(page, "tee, please");
  await expect(arrived(page)).toHaveCount(3);
  await composer(page).fill("half");
  await composer(page).press("ArrowUp");
  await expect(composer(page)).toBeFocused();
  await composer(page).fill("");
  await composer(page).press("ArrowUp");
  const own = arrived(page).last();
  const field = own.getByRole("textbox", { name: "Edit" });
  await expect(field).toBeFocused();
  await expect(own.getByRole("link")).toContainText("tea or coffee?");
  await field.fill("tea, please");
  await field.press("Enter");
  await expect(bubble(page, "tea, please")).toContainText("tea or coffee?");
  await expect(composer(page)).toBeFocused();
  await expect(bubble(page, "a message before")).toBeVisible();

  // What has no words of one's own to change stays as it is.
  const question = arrived(page).nth(1);
  await question.hover();
  await question.getByRole("button", { name: "Forward" }).click();
  await page.getByRole("button", { name: `Send: ${bob.name}` }).click();
  await expect(page.getByRole("button", { name: `Sent: ${bob.name}` })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(arrived(page)).toHaveCount(4);
  await composer(page).press("ArrowUp");
  await page.waitForTimeout(500);
  await page.keyboard.type("x");
  await expect(composer(page)).toHaveValue("x");
});

test("an edit that is heard of before its answer is over", async ({ browser }) => {
  const [{ page }, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(page, bob.name);
  await say(page, "at five");
  await expect(arrived(page)).toHaveCount(1);
  await page.route("**/api/edit", async (route) => {
    const response = await route.fetch();
    await expect(message(page, "at six")).toContainText("edited");
    await page.waitForTimeout(300);
    await route.fulfill({ response });
  });
  await composer(page).press("ArrowUp");
  const field = page.getByRole("textbox", { name: "Edit" });
  await field.fill("at six");
  const answered = page.waitForResponse("**/api/edit");
  await field.press("Enter");
  await answered;
  await expect(composer(page)).toBeFocused();
  await expect(field).toHaveCount(0);
  await expect(bubble(page, "at six")).toBeVisible();
});

test("an edit that breaks a rule says so and loses nothing", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  await meet(ada.page, bob.name);
  await say(ada.page, "keep me");
  const own = arrived(ada.page).first();
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  await own.getByRole("textbox", { name: "Edit" }).fill("   ");
  await own.getByRole("button", { name: "Save" }).click();
  await expect(own.getByRole("alert")).toHaveText("Message: This is needed.");
  await own.getByRole("button", { name: "Cancel" }).click();
  await expect(own).toContainText("keep me");
  await expect(own).not.toContainText("edited");
});

test("what is typed to change a message outlives a look at another conversation", async ({ browser }) => {
  const [{ page, context }, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(page, bob.name);
  await say(page, "half");
  const own = arrived(page).first();
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  await own.getByRole("textbox", { name: "Edit" }).fill("half of it, and the rest");
  await enter(page, "Lobby");
  await enter(page, bob.name);
  await expect(own.getByRole("textbox", { name: "Edit" })).toHaveValue("half of it, and the rest");
  await own.getByRole("textbox", { name: "Edit" }).press("Escape");
  await enter(page, "Lobby");
  await enter(page, bob.name);
  await expect(own).toContainText("half");
  await expect(own.getByRole("textbox", { name: "Edit" })).toHaveCount(0);

  // What is deleted meanwhile, by another device, is not changed any more.
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).click();
  await own.getByRole("textbox", { name: "Edit" }).fill("half of it");
  const deleted = await context.request.post("/api/delete", { form: { room, seq: 1 } });
  expect(deleted.ok(), await deleted.text()).toBe(true);
  await expect(own).toContainText("This message was deleted.");
  await expect(own.getByRole("textbox", { name: "Edit" })).toHaveCount(0);
});

test("a deletion asks once, is seen by the other, and leaves no words", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await say(ada.page, "oops");
  await expect(message(bob.page, "oops")).toBeVisible();
  const own = arrived(ada.page).first();
  await own.hover();
  await own.getByRole("button", { name: "Delete", exact: true }).click();
  const question = ada.page.getByRole("dialog", { name: "Delete this message for everyone?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toHaveCount(0);
  await own.hover();
  await own.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(own).toContainText("oops");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(message(bob.page, "This message was deleted.")).toBeVisible();
  await expect(message(ada.page, "This message was deleted.")).toBeVisible();
  await expect(message(bob.page, "oops")).toHaveCount(0);
  await expect(own.getByRole("button")).toHaveCount(0);
  await expect(own).toBeFocused();
  await bob.page.reload();
  await expect(message(bob.page, "This message was deleted.")).toBeVisible();
  expect(await bob.page.content()).not.toContain("oops");
});

test("nobody is offered to change what another said", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), person(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await meet(bob.page, ada.name);
  await say(ada.page, "mine");
  await message(bob.page, "mine").hover();
  await expect(message(bob.page, "mine").getByRole("button", { name: "Reply" })).toBeVisible();
  for (const name of ["Edit", "Delete"]) {
    await expect(bob.page.getByRole("button", { name, exact: true, includeHidden: true })).toHaveCount(0);
  }
  for (const path of ["edit", "delete"]) {
    const answer = await bob.context.request.post(`/api/${path}`, { form: { room, seq: 1, body: "yours" } });
    expect(answer.ok(), path).toBe(false);
  }
  await bob.page.reload();
  await expect(message(bob.page, "mine")).toBeVisible();
});

test("a question about a message stays while the message changes", async ({ browser }) => {
  const [ada, bob] = await Promise.all([person(browser, "ada"), absent(browser, "bob")]);
  const room = await meet(ada.page, bob.name);
  await say(ada.page, "at five");
  const own = arrived(ada.page).first();
  const change = async (body: string) => {
    const answer = await ada.context.request.post("/api/edit", { form: { room, seq: 1, body } });
    expect(answer.ok(), await answer.text()).toBe(true);
    await expect(own).toContainText(body);
  };
  await own.hover();
  await own.getByRole("button", { name: "Forward" }).click();
  await change("at six");
  await expect(ada.page.getByRole("dialog", { name: "Forward to" })).toBeVisible();
  await ada.page.keyboard.press("Escape");
  await own.hover();
  await own.getByRole("button", { name: "Delete", exact: true }).click();
  const question = ada.page.getByRole("dialog", { name: "Delete this message for everyone?" });
  await expect(question).toBeVisible();
  await change("at seven");
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(own).toContainText("This message was deleted.");
});
