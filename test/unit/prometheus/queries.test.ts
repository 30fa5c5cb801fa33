import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DROP_COUNTER } from "../../../runner/analysis/counters.ts";
import { readQueries } from "../../../runner/prometheus/queries.ts";

const ENTRIES = "  - { name: a, hop: softnet, counter: c, kind: gauge, select: some_metric, at: node, label: [node] }";

function read(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-queries-"));
  try {
    const file = join(folder, "q.yaml");
    writeFileSync(file, text);
    try {
      return readQueries(file);
    } catch (error) {
      throw new Error(String(error).replaceAll(`${folder}/`, ""));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("packetwalk's own have every drop of the kernels, by the names that verdicts look for", () => {
  const losses = readQueries().filter(({ as }) => as === "lost");
  expect(losses.map(({ counter }) => counter)).toEqual(expect.arrayContaining(Object.values(DROP_COUNTER)));
});

it("a file of the user's is read", () => {
  expect(read(`queries:\n${ENTRIES}\n`)).toMatchObject([{ name: "a", select: "some_metric", label: ["node"] }]);
});

it.each([
  ["hop: softnet", "hop: softnett", /q\.yaml:2: queries\.0\.hop: "softnett" does not fit; write one of/],
  [
    "kind: gauge",
    "kind: counter",
    /q\.yaml:2: queries\.0\.as: is missing; a counter can mean each, so write one of lost, rise, per-second/,
  ],
  [
    "kind: gauge",
    "kind: gauge, as: lost",
    /q\.yaml:2: queries\.0\.as: is for counters, and this is a gauge; take it out/,
  ],
  ["kind: gauge", "kind: limit", /q\.yaml:2: queries\.0\.counter: there is no gauge c at: node/],
  ["label:", "labels:", /q\.yaml:2: queries\.0\.label/],
  ["at: node", "at: target-pod", /q\.yaml:2: queries\.0\.namespaceLabel: is missing; without it a namesake/],
  ["select: some_metric, ", "", /q\.yaml:2: queries\.0\.select: is missing; add it/],
])("%s → %s is refused with file, line and field", (before, after, sentence) => {
  expect(() => read(`queries:\n${ENTRIES.replace(before, after)}\n`)).toThrow(sentence);
});

it("two of one name are refused at the second", () => {
  expect(() => read(`queries:\n${ENTRIES}\n${ENTRIES}\n`)).toThrow(
    /q\.yaml:3: queries\.1\.name: a is the name of another/,
  );
});
