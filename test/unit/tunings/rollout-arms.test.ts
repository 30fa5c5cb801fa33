import { expect, test } from "vitest";
import { ROLLOUT_ARMS } from "../../../suites/rolling-update/arms.ts";
import { patchFields } from "../../../suites/rolling-update/stage/tunings/patch-fields.ts";
import { readPatch } from "../../../suites/rolling-update/stage/tunings/workload.ts";
import { IN_ROLLOUTS, nextUpstreamOf, webImageOf } from "../../../suites/rolling-update/tunings.ts";

const patches = Object.values(ROLLOUT_ARMS)
  .flat()
  .flatMap((tuning) => (tuning.kind === "workload-patch" ? [tuning] : []));

test.each([...new Set(patches)].map((patch) => [patch.name, patch] as const))(
  "%s: its file sets only fields of where it says that it acts",
  (_name, patch) => {
    const fields = patchFields(readPatch(patch));
    expect(fields.length).toBeGreaterThan(0);
    expect(new Set(fields.map((field) => field.in))).toEqual(
      new Set([patch.actsIn === IN_ROLLOUTS ? "deployment" : "pod"]),
    );
  },
);

test("an arm's image, and whether its proxies try another upstream", () => {
  const { baseline = [], recommended = [] } = ROLLOUT_ARMS;
  expect([webImageOf(baseline), nextUpstreamOf(baseline)]).toEqual(["web", false]);
  expect([webImageOf(recommended), nextUpstreamOf(recommended)]).toEqual(["web-sigquit", true]);
});
