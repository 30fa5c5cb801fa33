import { expect, test } from "vitest";
import { patchFields } from "../../../runner/tunings/workload/patch-fields.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { IN_ROLLOUTS, nextUpstreamOf, webImageOf } from "../../../suites/rolling-update/tunings.ts";
import { tuningsOf } from "../../support/arms.ts";

const all = await Promise.all(Object.keys(rollingUpdate.arms).map((arm) => tuningsOf(rollingUpdate, arm)));
const patches = new Map(
  all.flat().flatMap((tuning) => (tuning.kind === "workload-patch" ? [[tuning.name, tuning] as const] : [])),
);

test.each([...patches])("%s: its file sets only fields of where it says that it acts", (_name, patch) => {
  const fields = patchFields(patch.patch);
  expect(fields.length).toBeGreaterThan(0);
  expect(new Set(fields.map((field) => field.in))).toEqual(
    new Set([patch.actsIn === IN_ROLLOUTS ? "deployment" : "pod"]),
  );
});

test("an arm's image, and whether its proxies try another upstream", async () => {
  const [baseline, recommended] = await Promise.all(
    ["baseline", "recommended"].map((arm) => tuningsOf(rollingUpdate, arm)),
  );
  expect([webImageOf(baseline ?? []), nextUpstreamOf(baseline ?? [])]).toEqual(["web", false]);
  expect([webImageOf(recommended ?? []), nextUpstreamOf(recommended ?? [])]).toEqual(["web-sigquit", true]);
});
