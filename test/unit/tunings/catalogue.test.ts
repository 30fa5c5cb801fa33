import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { tuningSchemaText } from "../../../reports/tuning-schema.ts";
import { catalogue } from "../../../runner/cli/tuning-entry.ts";
import { catalogueFolder, catalogueNames, isInCatalogue } from "../../../runner/tunings/catalogue.ts";
import { SUITES } from "../../../suites/index.ts";

const entries = await catalogue();

test("the catalogue has each name once, and a suite for each tuning", () => {
  expect(entries.map(({ name }) => name)).toEqual(catalogueNames());
  expect(new Set(catalogueNames()).size).toBe(catalogueNames().length);
  for (const { name, suites } of entries) expect([name, suites.length]).toEqual([name, expect.any(Number)]);
  expect(entries.filter(({ suites }) => suites.length === 0)).toEqual([]);
});

test.each(entries.map((entry) => [entry.name, entry] as const))("%s says what it is, in sentences", (name, entry) => {
  expect(entry.typed).toBe(name);
  expect(entry.title).not.toMatch(/\.$/);
  expect(entry.setting).not.toContain("\n");
  expect(entry.source).toMatch(/^https:\/\/\S+$/);
  expect(entry.sha256).toBeUndefined();
});

test.each(catalogueNames())("%s is completed by the published schema in editors", (name) => {
  const [first] = readFileSync(`${catalogueFolder(name)}/tuning.yaml`, "utf8").split("\n");
  const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(first ?? "")?.[1] ?? "";
  expect(existsSync(fileURLToPath(new URL(path, `file://${catalogueFolder(name)}/tuning.yaml`)))).toBe(true);
});

test("docs/tuning.schema.json is what the schemas say (else run: npm run schema)", async () => {
  const committed = readFileSync(new URL("../../../docs/tuning.schema.json", import.meta.url), "utf8");
  expect(committed).toBe(await tuningSchemaText());
});

describe("every remedy of the list of claims that a suite can stage", () => {
  test.each([
    [
      1,
      [
        ...["conntrack-max-524288", "conntrack-max-1048576", "conntrack-buckets-524288", "conntrack-buckets-1048576"],
        ...[
          "conntrack-time-wait-30",
          "conntrack-established-86400",
          "conntrack-close-wait-60",
          "conntrack-fin-wait-30",
        ],
        ...["conntrack-last-ack-10", "conntrack-udp-10", "conntrack-udp-stream-30"],
      ],
    ],
    [2, ["fin-timeout-15", "pod-fin-timeout-15", "node-tw-reuse-1", "pod-tw-reuse-1"]],
    [3, ["node-port-range", "pod-port-range", "node-reserved-node-ports"]],
    [4, ["fastopen-3", "pod-fastopen-3"]],
    [5, ["ndots-2", "single-request-reopen", "single-request-reopen-musl"]],
    [6, ["autopath", "cache-prefetch-stale", "final-dot", "node-local-cache", "replicas-2"]],
    [
      10,
      ["prestop-exec-sleep-10", "prestop-native-sleep-10", "stop-signal-quit", "grace-period-45", "max-unavailable-0"],
    ],
  ])("row %i has its own", (claim, names) => {
    expect(entries.filter((entry) => entry.claim === claim).map(({ name }) => name)).toEqual(
      expect.arrayContaining(names),
    );
  });
});

test("a word is of the catalogue only if it is a name there", () => {
  expect(isInCatalogue("ndots-2")).toBe(true);
  for (const word of ["", ".", "..", "../tunings/ndots-2", "ndots-2/", "toString"])
    expect(isInCatalogue(word)).toBe(false);
});

test("where an arm and a tuning have one name, the tuning is of that arm", () => {
  for (const { arms } of SUITES)
    for (const [name, tunings] of Object.entries(arms)) if (isInCatalogue(name)) expect(tunings).toContain(name);
});
