import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { rehearsalPlanSchemaText } from "../../../reports/rehearsal-plan-schema.ts";
import { exampleFiles, exampleNames, examplePath } from "../../../runner/rehearsal/examples.ts";
import { readPlan } from "../../../runner/rehearsal/plan/read.ts";

const SCHEMA = new URL("../../../docs/rehearsal-plan.schema.json", import.meta.url);

test("there is a plan to begin with for a shop, an API and an intake", () => {
  expect(exampleNames()).toEqual(["api", "ingest", "shop"]);
  expect(exampleFiles("shop").map(({ name }) => name)).toEqual(["shop.yaml", "shop.csv"]);
});

describe.each(exampleNames())("%s", (name) => {
  test("runs on a lab as it is: short, modest, and on nothing of the user's", () => {
    const plan = readPlan(examplePath(name));
    expect(plan.name).toBe(name);
    expect(plan.events).toEqual([]);
    for (const { kind } of plan.targets) expect(["reference", "names"]).toContain(kind);
    expect(plan.traffic.expectedPeakPerSecond).toBeGreaterThan(150);
    expect(plan.traffic.expectedPeakPerSecond).toBeLessThanOrEqual(200);
    const dayS = plan.traffic.day.reduce((sum, { durationS }) => sum + durationS, 0);
    expect(dayS).toBeGreaterThanOrEqual(120);
    expect(dayS).toBeLessThanOrEqual(180);
  });

  test("is the same plan where it was written to, and leads to no schema that is not there", () => {
    const folder = mkdtempSync(join(tmpdir(), "packetwalk-examples-"));
    try {
      const files = exampleFiles(name);
      for (const file of files) writeFileSync(join(folder, file.name), file.text);
      const [plan] = files;
      expect(plan.text).not.toContain("$schema");
      const withoutFolders = (text: string) =>
        text.replaceAll(`${folder}/`, "").replaceAll(`${dirname(examplePath(name))}/`, "");
      const [copy, original] = [join(folder, plan.name), examplePath(name)].map((path) =>
        withoutFolders(JSON.stringify(readPlan(path))),
      );
      expect(copy).toBe(original);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("shows the user's own form, which is read as well once it stands there", () => {
    const text = readFileSync(examplePath(name), "utf8");
    const own = /^ *# +service: (\S+)/m.exec(text)?.[1];
    const changed = text.replace(/reference: .*/, `service: ${own}\n    owned: true`);
    expect(readPlan(examplePath(name), changed).targets[0].kind).toBe("service");
    expect(text).toMatch(/^# +- rollout: /m);
    const during = text.replace(
      /^# (during:\n)((?:# .*\n)+)/m,
      (_, first: string, rest: string) => first + rest.replace(/^# /gm, ""),
    );
    expect(readPlan(examplePath(name), during).events.length).toBe(2);
  });

  test("is completed by the published schema in editors", () => {
    const [first] = readFileSync(examplePath(name), "utf8").split("\n", 1);
    const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(first ?? "")?.[1] ?? "";
    expect(resolve(dirname(examplePath(name)), path)).toBe(SCHEMA.pathname);
  });
});

test("docs/rehearsal-plan.schema.json is what the schema says (else run: npm run schema)", () => {
  expect(readFileSync(SCHEMA, "utf8")).toBe(rehearsalPlanSchemaText());
});
