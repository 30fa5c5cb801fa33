import type { V1Lifecycle } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { specFacts } from "../../../../../suites/rolling-update/stage/tunings/remedy-facts.ts";
import { rollingUpdate } from "../../../../../suites/rolling-update/suite.ts";
import { tuningsOf } from "../../../../support/arms.ts";

const ARMS = {
  baseline: await tuningsOf(rollingUpdate, "baseline"),
  article: await tuningsOf(rollingUpdate, "article"),
  "native-sleep": await tuningsOf(rollingUpdate, "native-sleep"),
};

const facts = (lifecycle: V1Lifecycle, arm: keyof typeof ARMS = "baseline") =>
  specFacts({ spec: { containers: [{ name: "web", lifecycle }] } }, ARMS[arm]);
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
