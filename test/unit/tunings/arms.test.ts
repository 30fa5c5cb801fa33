import { expect, test } from "vitest";
import { armByName, armPair } from "../../../runner/experiment/arms.ts";
import { CONNECTION_ARMS } from "../../../runner/tunings/connection-arms.ts";
import { nextUpstreamOf, webImageOf } from "../../../runner/tunings/tuning.ts";
import { ROLLOUT_ARMS } from "../../../suites/rolling-update/arms.ts";
import { patchFields } from "../../../suites/rolling-update/stage/tunings/patch-fields.ts";
import { readPatch } from "../../../suites/rolling-update/stage/tunings/workload.ts";

const rollouts = { name: "rolling-update", arms: ROLLOUT_ARMS };
const names = (tunings: readonly { readonly name: string }[]) => tunings.map(({ name }) => name);

test("one name stands for each suite's own tunings", () => {
  const flood = armByName({ name: "connection-flood", arms: CONNECTION_ARMS }, "article", "--tuned");
  const rolling = armByName(rollouts, "article", "--tuned");
  expect(names(rolling.tunings)).toEqual(["prestop-exec-sleep-10"]);
  expect(names(flood.tunings)).not.toEqual(names(rolling.tunings));
});

test("an arm that only another suite has is refused with this suite's arms", () => {
  expect(() => armByName(rollouts, "conntrack-max", "--tuned")).toThrow(
    /^--tuned: rolling-update has no arm "conntrack-max"; choose one of baseline, article, native-sleep, recommended/,
  );
  expect(() => armByName(rollouts, "toString", "--tuned")).toThrow(/no arm "toString"/);
});

test("an A/A run's arms have two names", () => {
  const { baseline, tuned } = armPair(rollouts, "placebo", "placebo");
  expect([baseline.name, tuned.name]).toEqual(["placebo", "placebo-2"]);
});

const patches = Object.values(ROLLOUT_ARMS)
  .flat()
  .flatMap((tuning) => (tuning.kind === "workload-patch" ? [tuning] : []));

test.each([...new Set(patches)].map((patch) => [patch.name, patch] as const))(
  "%s: its file sets only fields of where it says that it acts",
  (_name, patch) => {
    const fields = patchFields(readPatch(patch));
    expect(fields.length).toBeGreaterThan(0);
    expect(new Set(fields.map((field) => field.in))).toEqual(
      new Set([patch.actsIn === "deployment" ? "deployment" : "pod"]),
    );
  },
);

test("no two tunings of an arm have one name", () => {
  for (const arms of [CONNECTION_ARMS, ROLLOUT_ARMS])
    for (const tunings of Object.values(arms)) expect(new Set(names(tunings)).size).toBe(tunings.length);
});

test("an arm's image, and whether its proxies try another upstream", () => {
  const { baseline = [], recommended = [] } = ROLLOUT_ARMS;
  expect([webImageOf(baseline), nextUpstreamOf(baseline)]).toEqual(["web", false]);
  expect([webImageOf(recommended), nextUpstreamOf(recommended)]).toEqual(["web-sigquit", true]);
});
