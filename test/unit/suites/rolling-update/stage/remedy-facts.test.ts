import type { V1Lifecycle } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { ROLLOUT_ARMS } from "../../../../../suites/rolling-update/arms.ts";
import { specFacts } from "../../../../../suites/rolling-update/stage/tunings/remedy-facts.ts";

const facts = (lifecycle: V1Lifecycle, arm = "baseline") =>
  specFacts({ spec: { containers: [{ name: "web", lifecycle }] } }, ROLLOUT_ARMS[arm] ?? []);
const exec = (...command: string[]): V1Lifecycle => ({ preStop: { exec: { command } } });

test.each([
  [["/bin/sh", "-c", "sleep 10"], 10],
  [["sleep", "10"], 10],
  [["/bin/sh", "-c", "sleep 1.5m && nginx -s quit"], 90],
  [["/bin/sh", "-c", "sleep 5; sync; sleep 2s"], 7],
  [["/usr/sbin/nginx", "-s", "quit"], null],
  [["/bin/sh", "-c", "sleep $DELAY"], null],
])("%j sleeps for %d s by its own word", (command, sleepSeconds) => {
  expect(facts(exec(...command)).preStop).toEqual({ kind: "exec", command, sleepSeconds });
});

test("a native sleep that the arm asks for: there, or dropped on the way", () => {
  expect(facts({ preStop: { sleep: { seconds: 10 } } }, "native-sleep")).toMatchObject({
    preStop: { kind: "sleep", seconds: 10 },
    nativeSleepArrived: true,
  });
  expect(facts({}, "native-sleep")).toMatchObject({ preStop: { kind: "none" }, nativeSleepArrived: false });
  expect(facts({}, "article").nativeSleepArrived).toBeNull();
});

test("what a spec leaves out is what the API server would fill in", () => {
  expect(facts({})).toMatchObject({ gracePeriodS: 30, readinessPeriodS: 10, readinessFailureThreshold: 3 });
});
