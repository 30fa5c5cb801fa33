import { expect, test } from "vitest";
import { allArms, armByName, armPair } from "../../../runner/experiment/arms.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { SUITES } from "../../../suites/index.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";

const names = (tunings: readonly { readonly name: string }[]) => tunings.map(({ name }) => name);

test("one name stands for each suite's own tunings", async () => {
  const flood = await armByName(connectionFlood, "article", "--tuned");
  const rolling = await armByName(rollingUpdate, "article", "--tuned");
  expect(names(rolling.tunings)).toEqual(["prestop-exec-sleep-10"]);
  expect(names(flood.tunings)).not.toEqual(names(rolling.tunings));
});

test("an arm that only another suite has is refused with this suite's arms", async () => {
  await expect(armByName(rollingUpdate, "conntrack-max", "--tuned")).rejects.toThrow(
    /^--tuned: rolling-update has no arm "conntrack-max"; choose one of baseline, article, native-sleep, recommended/,
  );
  await expect(armByName(rollingUpdate, "toString", "--tuned")).rejects.toThrow(/no arm "toString"/);
});

test("an A/A run's arms have two names", async () => {
  const { baseline, tuned } = await armPair(rollingUpdate, "placebo", "placebo");
  expect([baseline.name, tuned.name]).toEqual(["placebo", "placebo-2"]);
});

test.each(SUITES.map((suite) => [suite.name, suite] as const))(
  "every arm of %s is of tunings of the catalogue that it can stage, each once",
  async (_name, suite) => {
    for (const { name, tunings } of await allArms(suite)) expect(names(tunings)).toEqual(suite.arms[name]);
  },
);
