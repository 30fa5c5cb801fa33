import { expect, test } from "vitest";
import { tuningReports } from "../../../../../runner/experiment/tuning-reports.ts";
import type { ReadBack } from "../../../../../runner/tunings/read-back.ts";
import { SERVER_PODS } from "../../../../../suites/rolling-update/stage/tunings/places.ts";
import { readBackProxies, readBackStopSignals } from "../../../../../suites/rolling-update/stage/tunings/read-back.ts";
import { rollingUpdate } from "../../../../../suites/rolling-update/suite.ts";
import { tuningsOf } from "../../../../support/arms.ts";

const ARMS = {
  "stop-signal": await tuningsOf(rollingUpdate, "stop-signal"),
  "next-upstream": await tuningsOf(rollingUpdate, "next-upstream"),
  recommended: await tuningsOf(rollingUpdate, "recommended"),
};

function arrivals(arm: keyof typeof ARMS, readBacks: readonly ReadBack[]) {
  const reports = tuningReports({ name: arm, tunings: ARMS[arm] }, { writes: [], readBacks });
  return Object.fromEntries(reports.map(({ name, arrival }) => [name, arrival]));
}
const quit = ARMS["stop-signal"];
const next = ARMS["next-upstream"];
const stopped = (...signals: (string | null)[]) =>
  signals.map((name, index) => ({ pod: `web-${index}`, signal: name === null ? null : { name } }));

test.each([
  ["all got it", ["SIGQUIT", "SIGQUIT"], "arrived"],
  ["one did not", ["SIGQUIT", "SIGTERM"], "partly"],
  ["none did", ["SIGTERM", "SIGTERM"], "never-arrived"],
  ["one was not seen", ["SIGQUIT", null], "arrived"],
  ["none was seen", [null, null], "not-applicable"],
])("stop signals: %s", (_what, signals, arrival) => {
  expect(arrivals("stop-signal", readBackStopSignals(quit, stopped(...signals)))["stop-signal-quit"]).toBe(arrival);
});

test("stop signals are told once for all pods that got the same", () => {
  const readBacks = readBackStopSignals(quit, stopped("SIGQUIT", "SIGQUIT", "SIGTERM"));
  const [report] = tuningReports({ name: "stop-signal", tunings: quit }, { writes: [], readBacks });
  expect(report?.readBacks).toEqual([
    { where: "2 server pods", wanted: "SIGQUIT", got: "SIGQUIT" },
    { where: "1 server pods", wanted: "SIGQUIT", got: "SIGTERM" },
  ]);
});

test("an arm that does not change the stop signal reads none back", () => {
  expect(readBackStopSignals(next, stopped("SIGTERM"))).toEqual([]);
});

const all = "error timeout http_502 non_idempotent";
const path = (name: string, retries: string | null, got: string) => ({
  name,
  retries: retries === null ? null : { tries: 3, on: retries },
  readRetries: async () => ({ where: name, got }),
});

test("proxies that have the setting, kept an older one, or can't have it", async () => {
  const read = (...paths: ReturnType<typeof path>[]) => readBackProxies(next, paths);
  const arrivalOf = async (...paths: ReturnType<typeof path>[]) =>
    arrivals("next-upstream", await read(...paths))["next-upstream"];
  expect(await arrivalOf(path("nginx", all, all))).toBe("arrived");
  expect(await arrivalOf(path("nginx", all, "error timeout"))).toBe("never-arrived");
  expect(await arrivalOf(path("nginx", all, all), path("ingress-traefik", null, ""))).toBe("partly");
  expect(await readBackProxies(quit, [path("nginx", all, all)])).toEqual([]);
});

test("a patch's fields are told apart, and pods of one kind told once", () => {
  const read = (pod: string, field: string, got: string | null): ReadBack => ({
    tuning: "readiness-period-1",
    ...SERVER_PODS,
    where: `pod ${pod}`,
    field,
    wanted: "1",
    got,
  });
  const readBacks = [
    read("a", "periodSeconds", "1"),
    read("b", "periodSeconds", "1"),
    read("a", "timeoutSeconds", null),
  ];
  const reports = tuningReports({ name: "recommended", tunings: ARMS.recommended }, { writes: [], readBacks });
  expect(reports.find(({ name }) => name === "readiness-period-1")).toMatchObject({
    setting: "readinessProbe.periodSeconds = 1",
    scope: "pod-spec",
    arrival: "partly",
    readBacks: [
      { where: "2 server pods, periodSeconds", wanted: "1", got: "1" },
      { where: "1 server pods, timeoutSeconds", wanted: "1", got: "not readable" },
    ],
  });
});
