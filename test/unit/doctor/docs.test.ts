import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CHECKS } from "../../../runner/doctor/checks/registry.ts";

test("docs/doctor.md has a row for each check, with what it looks for", () => {
  const page = readFileSync(new URL("../../../docs/doctor.md", import.meta.url), "utf8");
  for (const { name, title } of CHECKS) expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\| ${title} +\\|`));
});
