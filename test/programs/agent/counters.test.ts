import { execa } from "execa";
import { expect, test } from "vitest";
import { agent } from "../../../runner/lab/builds/components.ts";
import { buildProgram, goVersion } from "../../../runner/lab/builds/go.ts";
import { COUNTERS } from "../../../runner/result/counters.ts";

interface Sampled {
  readonly samples?: ReadonlyArray<{ readonly counters: Readonly<Record<string, number>> }>;
}

test("the agent writes the counters of the vocabulary, all of them and no other", async () => {
  const { path } = await buildProgram(agent, await goVersion(), () => {});
  const { stdout } = await execa(path, ["probe", "--interval-ms", "50", "--duration-ms", "200"], { timeout: 30_000 });
  const lines = stdout.split("\n").map((line): Sampled => JSON.parse(line));
  const written = lines.flatMap(({ samples = [] }) => samples.flatMap(({ counters }) => Object.keys(counters)));
  expect([...new Set(written)].sort()).toEqual([...COUNTERS].sort());
});
