import type { Page } from "@playwright/test";
import { absent, expect, open, PASSWORD, person, problems, test } from "./fixtures.ts";
import { arrived, bubble, composer, conversation, meet, post, somebody } from "./chat.ts";
import { choose, png } from "./pictures.ts";

/** Watches for scripts that run; what is found must be empty, and `window.hacked` absent. */
function watch(page: Page): { found: string[]; hacked: () => Promise<boolean> } {
  const found = problems(page);
  page.on("dialog", (dialog) => {
    found.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { found, hacked: () => page.evaluate(() => "hacked" in window || document.querySelector("[onerror], [onload]") !== null) };
}

test("a script in a name, a message and a file name does not run", async ({ browser }) => {
  const tail = Math.random().toString(36).slice(2, 6);
  const name = `<svg/onload=hacked=1>${tail}`;
  const shown = `</script><img src=x onerror=hacked=1>${tail.slice(0, 2)}`;
  const introduction = `"><script>hacked=1;alert(1)</script>`;
  const bob = await person(browser, "bob");
  const watchBob = watch(bob.page);

  const context = await browser.newContext();
  await context.request.post("/api/register", { form: { name, password: PASSWORD } });
  const evil = { context, page: await context.newPage(), name };
  const watchEvil = watch(evil.page);
  await open(evil.page, "/");
  await expect(somebody(bob.page, name)).toBeVisible();
  const answer = await context.request.post("/api/update_profile", { form: { display_name: shown, introduction } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await expect(somebody(bob.page, shown)).toContainText(introduction);

  const room = await meet(evil.page, bob.name);
  const bodies = [
    "<script>hacked=1;alert(1)</script>",
    "</script><script>hacked=1</script><!--",
    '<img src=x onerror="hacked=1">',
    '"><svg/onload=hacked=1>',
    "https://a.example/\"onmouseover=\"hacked=1",
    "javascript:hacked=1",
    "{{constructor.constructor('hacked=1')()}} &lt;b&gt; %3Cscript%3E \u2028 \0".replace("\0", ""),
  ];
  for (const body of bodies) await post(evil, room, body);
  await choose(evil.page, png("'><img src=x onerror=hacked=1>.png", 40, 30));
  await expect(arrived(evil.page)).toHaveCount(bodies.length + 1);

  await conversation(bob.page, shown).click();
  await expect(composer(bob.page)).toHaveAccessibleName(`Write to ${shown}`);
  for (const again of [false, true]) {
    if (again) await open(bob.page, new URL(bob.page.url()).pathname);
    await expect(arrived(bob.page)).toHaveCount(bodies.length + 1);
    await expect(bob.page.getByRole("heading", { level: 1 })).toHaveText(shown);
    const words = await bubble(bob.page, /./).allInnerTexts();
    expect(words.slice(0, bodies.length).map((text) => text.trim())).toEqual(bodies.map((body) => body.trim()));
    const picture = bob.page.getByRole("log").getByRole("img");
    await expect(picture).toHaveAccessibleName("'><img src=x onerror=hacked=1>.png");
    await picture.click();
    await expect(bob.page.getByRole("dialog", { name: "Picture" })).toContainText("<img src=x onerror=hacked=1>");
    await bob.page.keyboard.press("Escape");
    await bob.page.getByRole("button", { name: "Details" }).click();
    await expect(bob.page.getByRole("dialog", { name: "Details" }).getByRole("listitem")).toHaveCount(2);
    await bob.page.keyboard.press("Escape");
    expect(await watchBob.hacked()).toBe(false);
  }
  expect(await watchEvil.hacked()).toBe(false);
  expect([...watchBob.found, ...watchEvil.found]).toEqual([]);
});

test("an uploaded page is not served as a page", async ({ browser }) => {
  const ada = await absent(browser, "ada");
  const page = { name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='hacked=1'/>") };
  const refused = await ada.context.request.post("/api/media?purpose=avatar", { multipart: { file: page } });
  expect(refused.status()).toBe(415);
  const taken = await ada.context.request.post("/api/media?purpose=avatar", {
    multipart: { file: { ...png("a.html", 4, 4), mimeType: "text/html" } },
  });
  const { id } = (await taken.json()) as { id: number };
  const answer = await ada.context.request.get(`/media/${id}`);
  expect(answer.headers()["content-type"]).toMatch(/^image\//);
  expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
  expect(answer.headers()["content-disposition"]).not.toContain(".html");
});

test("another site's form does not send in somebody's name", async ({ browser }) => {
  const ada = await person(browser, "ada");
  const headers = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
  const answer = await ada.context.request.post("/api/logout", { headers });
  expect(answer.status()).toBe(403);
  await open(ada.page, "/");
  await expect(conversation(ada.page, "Lobby")).toBeVisible();
});
