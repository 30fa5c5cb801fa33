import { expect, test } from "vitest";
import type { RanStep } from "../../../../../runner/faults/types.ts";
import { podEnds } from "../../../../../suites/rolling-update/stage/pods/pod-timeline-ends.ts";
import { joinRollouts } from "../../../../../suites/rolling-update/stage/pods/pod-timeline-join.ts";
import type { PodLog } from "../../../../../suites/rolling-update/stage/pods/pod-timeline-log.ts";
import type { NodeEvent, NodeRecord } from "../../../../../suites/rolling-update/stage/pods/pod-timeline-node.ts";

/** A pod that was ready at 1 000, deleted at 10 000 and removed at 13 000. */
function log(more: Partial<PodLog> = {}): PodLog {
  return {
    uid: "u1",
    pod: "web-1",
    ip: "10.0.0.1",
    node: "a",
    firstSeenUnixMs: 500,
    deletedAtUnixMs: 10_000,
    removedAtUnixMs: 13_000,
    readiness: [
      { atUnixMs: 500, to: false },
      { atUnixMs: 1_000, to: true },
    ],
    endpoint: [
      { atUnixMs: 500, to: "absent" },
      { atUnixMs: 1_010, to: "ready" },
      { atUnixMs: 10_005, to: "terminating" },
      { atUnixMs: 12_500, to: "absent" },
    ],
    containers: ["c1"],
    ...more,
  };
}

function record(node: string, ...events: NodeEvent[]): NodeRecord {
  return { node, events, clock: { aheadMs: 0, errorMs: 1 }, ownCpuMs: 0, broken: null };
}

const leads = (kind: "led" | "gone", atUnixMs: number, address = "10.0.0.1"): NodeEvent => ({
  kind,
  atUnixMs,
  address,
});
const found = (atUnixMs: number, container = "c1"): NodeEvent => ({
  kind: "process",
  atUnixMs,
  container,
  ignoresSigterm: false,
});
const exit = (atUnixMs: number, container = "c1"): NodeEvent => ({ kind: "exit", atUnixMs, container });
const sent = (signal: string, atUnixMs: number): NodeEvent => ({
  kind: "signal",
  atUnixMs,
  container: "c1",
  signal,
  ignored: false,
});

test("a deletion, from the API's word to the process's end", () => {
  const onA = record(
    "a",
    found(1_000),
    leads("led", 1_100),
    sent("SIGHUP", 5_000), // long before the end: no stop
    leads("gone", 10_900),
    sent("SIGTERM", 12_000),
    exit(12_050),
    sent("SIGKILL", 12_060),
  );
  const onB = record("b", leads("led", 1_150), leads("gone", 11_800));
  expect(podEnds([log()], [onA, onB])).toEqual([
    {
      how: "deleted",
      atUnixMs: 10_000,
      isOver: true,
      pod: {
        pod: "web-1",
        uid: "u1",
        ip: "10.0.0.1",
        node: "a",
        readyAtUnixMs: 1_000,
        deleteRequestedAtUnixMs: 10_000,
        terminatingAtUnixMs: 10_005,
        endpointGoneAtUnixMs: 12_500,
        proxyGoneAtUnixMs: { a: 10_900, b: 11_800 },
        signal: { name: "SIGTERM", atUnixMs: 12_000 },
        exitedAtUnixMs: 12_050,
        ignoresSigterm: false,
      },
    },
  ]);
});

test("a pod that still stops is not over yet", () => {
  const [end] = podEnds([log({ removedAtUnixMs: null })], [record("a", found(1_000), sent("SIGTERM", 12_000))]);
  expect(end).toMatchObject({ isOver: false, pod: { exitedAtUnixMs: null } });
});

test("a deletion is not later than what came of it, though word of it was", () => {
  const [end] = podEnds([log()], [record("a", found(1_000), sent("SIGTERM", 9_940), exit(9_990))]);
  expect(end?.pod.deleteRequestedAtUnixMs).toBe(9_940);
  expect(end?.how).toBe("deleted");
});

test("a pod that was unready before its deletion was let go of then", () => {
  const endpoint: PodLog["endpoint"] = [
    { atUnixMs: 1_010, to: "ready" },
    { atUnixMs: 9_700, to: "unready" },
    { atUnixMs: 10_005, to: "terminating" },
  ];
  const [end] = podEnds([log({ endpoint })], []);
  expect(end?.pod).toMatchObject({ deleteRequestedAtUnixMs: 10_000, terminatingAtUnixMs: 9_700 });
});

test("what a node's rules do: never led there, still lead there, or are not to be seen", () => {
  const never = record("never", leads("led", 1_100, "10.0.0.9"));
  const still = record("still", leads("led", 1_100));
  const reinstated = record("reinstated", leads("led", 1_100), leads("gone", 10_500), leads("led", 10_700));
  const blind = record("blind");
  const [end] = podEnds([log()], [never, still, reinstated, blind]);
  expect(end?.pod.proxyGoneAtUnixMs).toEqual({ never: 1_000, still: null, reinstated: null, blind: null });
});

test("an address that another pod gets later is that pod's from then on", () => {
  const next = log({ uid: "u2", pod: "web-2", firstSeenUnixMs: 20_000, deletedAtUnixMs: null });
  const onA = record("a", leads("led", 1_100), leads("gone", 10_500), leads("led", 20_500));
  expect(podEnds([log(), next], [onA])[0]?.pod.proxyGoneAtUnixMs).toEqual({ a: 10_500 });
});

test("a crash is an end of its own, and the deletion of the restarted pod another", () => {
  const crashed = log({
    readiness: [
      { atUnixMs: 1_000, to: true },
      { atUnixMs: 4_800, to: false },
      { atUnixMs: 6_000, to: true },
    ],
    endpoint: [
      { atUnixMs: 1_010, to: "ready" },
      { atUnixMs: 4_810, to: "unready" },
      { atUnixMs: 6_010, to: "ready" },
      { atUnixMs: 10_005, to: "terminating" },
    ],
    containers: ["c1", "c2"],
  });
  const onA = record(
    "a",
    found(1_000),
    leads("led", 1_100),
    sent("SIGKILL", 4_000),
    exit(4_010),
    leads("gone", 5_200),
    found(5_000, "c2"),
    leads("led", 6_400),
    leads("gone", 10_800),
    exit(12_000, "c2"),
  );
  const [crash, deletion] = podEnds([crashed], [onA]);
  expect(crash).toMatchObject({
    how: "crashed",
    atUnixMs: 4_010,
    pod: {
      readyAtUnixMs: 1_000,
      deleteRequestedAtUnixMs: null,
      terminatingAtUnixMs: 4_810,
      endpointGoneAtUnixMs: null,
      proxyGoneAtUnixMs: { a: 5_200 },
      signal: { name: "SIGKILL", atUnixMs: 4_000 },
      exitedAtUnixMs: 4_010,
    },
  });
  expect(deletion).toMatchObject({
    how: "deleted",
    pod: {
      readyAtUnixMs: 6_000,
      terminatingAtUnixMs: 10_005,
      endpointGoneAtUnixMs: null,
      proxyGoneAtUnixMs: { a: 10_800 },
      signal: null,
      exitedAtUnixMs: 12_000,
    },
  });
});

test("a pod that was never ready served nobody", () => {
  expect(podEnds([log({ readiness: [{ atUnixMs: 500, to: false }] })], [])).toEqual([]);
});

function step(kind: RanStep["kind"], startedAtUnixMs: number, podUid: string | null = null): RanStep {
  return { kind, replicas: 1, startedAtUnixMs, lateMs: 0, finishedAtUnixMs: null, podUid, trouble: null };
}

test("a pod's end belongs to the step that took it, else to the last one begun", () => {
  const ends = podEnds(
    [
      log({ uid: "old", pod: "web-0", deletedAtUnixMs: 900, readiness: [{ atUnixMs: 100, to: true }] }),
      log({ uid: "u1", deletedAtUnixMs: 3_500 }),
      log({ uid: "u2", pod: "web-2", deletedAtUnixMs: 3_600 }),
      log({ uid: "u3", pod: "web-3", deletedAtUnixMs: null, containers: ["c3"] }),
    ],
    [record("a", found(1_000, "c3"), exit(5_010, "c3"))],
  );
  const steps = [
    step("restart", 2_000),
    step("evict", 3_000, "u1"),
    step("scale-up", 4_000),
    step("kill", 5_000, "u3"),
    step("scale-down", 6_000),
  ];
  const { rollouts, unplanned } = joinRollouts(steps, ends);
  expect(rollouts.map((each) => [each.kind, each.pods.map((pod) => pod.pod)])).toEqual([
    ["restart", ["web-2"]],
    ["evict", ["web-1"]],
    ["kill", ["web-3"]],
    ["scale-down", []],
  ]);
  expect(unplanned.map((each) => each.pod.pod)).toEqual(["web-0"]);
});
