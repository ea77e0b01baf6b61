import { expect, problems, test } from "./fixtures.ts";

test("the log-in page opens, and its console stays clean", async ({ page }) => {
  const found = problems(page);
  const answer = await page.goto("/login");
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole("heading").first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(found).toEqual([]);
});
