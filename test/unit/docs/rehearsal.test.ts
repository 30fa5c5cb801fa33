import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { PlanFile } from "../../../runner/rehearsal/plan/schema.ts";
import { planOf } from "../rehearsal/plan/plans.ts";

const PAGE = readFileSync(new URL("../../../docs/rehearsal.md", import.meta.url), "utf8");

test("the page's own plan is read", () => {
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const csv = "Time,n\n2025-11-28 19:00,4000\n2025-11-28 19:01,9000\n2025-11-28 19:02,3000\n";
  const plan = planOf(yaml, { "last-year.csv": csv, "cart.json": "{}" });
  expect(plan.traffic.expectedPeakPerSecond).toBe(4000);
  expect(plan.events).toMatchObject([{ kind: "rollout", atS: 6 }]);
});

test("the page names every field", () => {
  expect([...fieldsOf(z.toJSONSchema(PlanFile, { io: "input" }))].filter((field) => !PAGE.includes(field))).toEqual([]);
});

/** Names of all properties, at any depth. */
function fieldsOf(schema: unknown): Set<string> {
  if (typeof schema !== "object" || schema === null) return new Set();
  const own = "properties" in schema ? Object.keys(schema.properties ?? {}) : [];
  return new Set([...own, ...Object.values(schema).flatMap((each) => [...fieldsOf(each)])]);
}
