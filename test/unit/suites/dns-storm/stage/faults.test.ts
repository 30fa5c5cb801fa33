import { expect, test } from "vitest";
import { words } from "../../../../../suites/dns-storm/report/words.ts";
import type { DnsFault } from "../../../../../suites/dns-storm/result/faults.ts";
import { USUAL_DNS } from "../../../../../suites/dns-storm/stage/dns/server.ts";
import { dnsSteps, faultyDns, faultyUpstream } from "../../../../../suites/dns-storm/stage/faults.ts";

const ALL: readonly DnsFault[] = [
  { kind: "slow-upstream", delayMs: 50 },
  { kind: "lossy-upstream", loss: 0.05 },
  { kind: "cpu-limit", cpuLimit: "100m" },
  { kind: "max-concurrent", maxConcurrent: 4 },
  { kind: "kill-pod", atMs: 2_000 },
];

test("each fault is where it belongs, and nowhere else", () => {
  expect(faultyDns(USUAL_DNS, ALL)).toEqual({ ...USUAL_DNS, cpuLimit: "100m", maxConcurrent: 4 });
  expect(faultyUpstream(ALL, 7)).toEqual({ delayMs: 50, loss: 0.05, seed: 7 });
  expect(dnsSteps(ALL)).toEqual([{ kind: "kill", atMs: 2_000 }]);
});

test("without faults all is as usual", () => {
  expect(faultyDns(USUAL_DNS, [])).toEqual(USUAL_DNS);
  expect(faultyUpstream([], 7)).toEqual({ delayMs: 0, loss: 0, seed: 7 });
  expect(dnsSteps([])).toEqual([]);
});

test("each says what it is", () => {
  expect(ALL.map(words)).toEqual([
    "every answer of the upstream 50 ms late",
    "5 % of the upstream's answers lost",
    "a CPU limit of 100m for each DNS pod",
    "at most 4 queries forwarded at once by each DNS pod",
    "the process of a DNS pod killed after 2 s",
  ]);
});
