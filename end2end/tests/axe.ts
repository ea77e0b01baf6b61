import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** What axe calls serious or critical on this page, or in these parts of it (selectors), in a line each. */
export async function serious(page: Page, where = "", parts: string[] = []): Promise<string[]> {
  // The other mode is for frames, which no page here has, and opens one more page for each check.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await parts.reduce((axe, part) => axe.include(part), axe).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.target.join(" ")}: ${node.failureSummary ?? ""}`));
}
