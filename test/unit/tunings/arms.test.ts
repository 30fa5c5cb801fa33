import { expect, test } from "vitest";
import { armByName, armPair } from "../../../runner/experiment/arms.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { SUITES } from "../../../suites/registry.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";

const names = (tunings: readonly { readonly name: string }[]) => tunings.map(({ name }) => name);

test("one name stands for each suite's own tunings", () => {
  const flood = armByName(connectionFlood, "article", "--tuned");
  const rolling = armByName(rollingUpdate, "article", "--tuned");
  expect(names(rolling.tunings)).toEqual(["prestop-exec-sleep-10"]);
  expect(names(flood.tunings)).not.toEqual(names(rolling.tunings));
});

test("an arm that only another suite has is refused with this suite's arms", () => {
  expect(() => armByName(rollingUpdate, "conntrack-max", "--tuned")).toThrow(
    /^--tuned: rolling-update has no arm "conntrack-max"; choose one of baseline, article, native-sleep, recommended/,
  );
  expect(() => armByName(rollingUpdate, "toString", "--tuned")).toThrow(/no arm "toString"/);
});

test("an A/A run's arms have two names", () => {
  const { baseline, tuned } = armPair(rollingUpdate, "placebo", "placebo");
  expect([baseline.name, tuned.name]).toEqual(["placebo", "placebo-2"]);
});

test("no two tunings of an arm have one name", () => {
  for (const { arms } of SUITES)
    for (const tunings of Object.values(arms)) expect(new Set(names(tunings)).size).toBe(tunings.length);
});
