import { expect, test } from "vitest";
import type { KnownPod } from "../../../runner/cluster/known-pods.ts";
import { type KnownPods, settingChanges, writersUids } from "../../../runner/experiment/block/setting-changes.ts";
import { settingWriters } from "../../../runner/experiment/block/setting-writers.ts";
import type { NodesWriter, NodeTrace } from "../../../runner/probes/sampler.ts";

const KEY = "net.ipv4.tcp_fin_timeout";
const UID = "0b8a8d2e-5a9f-4e1c-9d1a-0c3f6a7b8c9d";
const NOBODY: KnownPods = new Map();
const TUNER: KnownPod = {
  namespace: "kube-system",
  name: "tuner-x7",
  uids: [UID],
  containers: new Map([["a1b2", "tuner"]]),
};

type Setting = NonNullable<NodeTrace["ticks"][number]["settings"]>[number];

function setting(value: string | null, key = KEY): Setting {
  return { in: "node", key, value };
}

function trace(told: readonly Setting[][], writersUnseen?: string): NodeTrace {
  return {
    node: "node-1",
    ticks: told.map((settings, second) => ({ atUnixMs: second * 1_000, samples: [], settings })),
    kernelLog: [],
    ownCpuMs: 0,
    conntrackFrom: "proc",
    ...(writersUnseen === undefined ? {} : { writersUnseen }),
  };
}

/** One that is changed from 15 to 60. */
function changedBy(by?: NodesWriter, writersUnseen?: string): NodeTrace {
  return trace([[setting("15")], [{ ...setting("60"), ...(by ? { by } : {}) }]], writersUnseen);
}

function byOf(writer: NodesWriter, pods: KnownPods = NOBODY) {
  return settingChanges(changedBy(writer), pods)[0]?.by;
}

test("a setting that somebody else changes is told with node, key and both values, each time", () => {
  const told = [
    [setting("15"), setting("1024\t65535", "net.ipv4.ip_local_port_range"), setting(null, "net.ipv4.no_such")],
    [],
    [setting("60"), setting("1024 65535", "net.ipv4.ip_local_port_range")],
    [setting("15")],
  ];
  const change = { node: "node-1", key: KEY };
  expect(settingChanges(trace(told), NOBODY)).toEqual([
    { ...change, from: "15", to: "60" },
    { ...change, from: "60", to: "15" },
  ]);
  expect(settingChanges(trace([]), NOBODY)).toEqual([]);
});

test("who changed it has the name of his pod and container, as far as they are known", () => {
  const pods = new Map([[UID, TUNER]]);
  const sysctl = { process: "sysctl", pid: 812, writes: 3 };
  const pod = { kind: "pod", namespace: "kube-system", name: "tuner-x7" };
  expect(byOf({ ...sysctl, of: { kind: "pod", uid: UID, container: "a1b2" } }, pods)).toEqual({
    ...sysctl,
    of: { ...pod, container: "tuner" },
  });
  expect(byOf({ ...sysctl, of: { kind: "pod", uid: UID, container: "c3d4" } }, pods)).toEqual({ ...sysctl, of: pod });
  expect(byOf({ ...sysctl, of: { kind: "pod", uid: UID } })).toEqual({
    ...sysctl,
    of: { kind: "unknown-pod", uid: UID },
  });
  expect(byOf({ ...sysctl, of: { kind: "unit", unit: "tuned.service" } })).toEqual({
    ...sysctl,
    of: { kind: "unit", name: "tuned.service" },
  });
  expect(byOf({ ...sysctl, of: { kind: "host" } })).toEqual({ ...sysctl, of: { kind: "host" } });
  expect(byOf({ process: "sysctl", writes: 1 })).toEqual({ process: "sysctl", writes: 1 });
});

test("pods are asked for by those nodes alone whose settings a pod changed, and once each", async () => {
  const asked: string[] = [];
  const writers = settingWriters(
    async (node) => {
      asked.push(node);
      return [TUNER];
    },
    () => {},
  );
  await writers.podsOf([trace([[setting("15")]]), changedBy({ process: "sysctl", writes: 1, of: { kind: "host" } })]);
  expect(asked).toEqual([]);
  const byPod = changedBy({ process: "sysctl", writes: 1, of: { kind: "pod", uid: UID } });
  expect(writersUids(byPod)).toEqual([UID]);
  await writers.podsOf([byPod]);
  expect([...(await writers.podsOf([byPod])).keys()]).toEqual([UID]);
  expect(asked).toEqual(["node-1"]);
});

test("a pod that may not be read has no name, and the block its reason all the same", async () => {
  const writers = settingWriters(
    () => Promise.reject(new Error("forbidden")),
    () => {},
  );
  const byPod = changedBy({ process: "sysctl", writes: 1, of: { kind: "pod", uid: UID } });
  expect((await writers.podsOf([byPod])).size).toBe(0);
});

test("that nobody is seen is told once, and where something was changed only", async () => {
  const told: string[] = [];
  const writers = settingWriters(
    async () => [],
    (sentence) => told.push(sentence),
  );
  await writers.podsOf([trace([[setting("15")]], "the kernel is too old")]);
  expect(told).toEqual([]);
  await writers.podsOf([changedBy(undefined, "the kernel is too old")]);
  await writers.podsOf([changedBy(undefined, "the kernel is too old")]);
  expect(told).toEqual(["Who changes settings on node-1 is not seen: the kernel is too old"]);
});
