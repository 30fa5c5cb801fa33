import type { V1Deployment, V1Node } from "@kubernetes/client-node";
import { describe, expect, it, test } from "vitest";
import { unfitWords } from "../../../runner/analysis/unfit-words.ts";
import { fitNodes, MOST_NODES } from "../../../runner/cluster/fit-nodes.ts";
import { SHARED } from "../../../runner/cluster/manifests.ts";
import type { SuiteSize } from "../../../runner/experiment/plan.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const READY = { type: "Ready", status: "True" };

interface Changes {
  readonly labels?: Record<string, string>;
  readonly spec?: V1Node["spec"];
  readonly info?: { operatingSystem?: string; architecture?: string };
  readonly conditions?: { type: string; status: string; message?: string }[];
}

function node(name: string, { labels = {}, spec = {}, info = {}, conditions = [READY] }: Changes = {}): V1Node {
  const nodeInfo = { operatingSystem: "linux", architecture: "amd64", ...info };
  return { metadata: { name, labels }, spec, status: { conditions, nodeInfo } } as V1Node;
}

const names = (nodes: readonly V1Node[]) => nodes.map(({ metadata }) => metadata?.name);

test.each<[string, Changes]>([
  ["runs windows", { info: { operatingSystem: "windows" } }],
  // Before its kubelet has said what it is, its label does.
  ["runs windows", { info: {}, labels: { "kubernetes.io/os": "windows" }, conditions: [READY] }],
  ["is virtual (AWS Fargate)", { labels: { "eks.amazonaws.com/compute-type": "fargate" } }],
  ["is virtual (a virtual kubelet)", { labels: { type: "virtual-kubelet" } }],
  [
    "is virtual (a virtual kubelet)",
    { spec: { taints: [{ key: "virtual-kubelet.io/provider", value: "azure", effect: "NoSchedule" }] } },
  ],
  ["has architecture s390x", { info: { architecture: "s390x" } }],
  [
    "has architecture riscv64",
    { info: { operatingSystem: "", architecture: "" }, labels: { "kubernetes.io/arch": "riscv64" } },
  ],
  [
    "is not ready (its disk is full)",
    { conditions: [{ type: "Ready", status: "False", message: "its disk is full" }] },
  ],
  ["is not ready (its kubelet has not said so)", { conditions: [] }],
  ["is cordoned", { spec: { unschedulable: true } }],
  [
    "has taint dedicated=db:NoSchedule",
    { spec: { taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }] } },
  ],
  [
    "has taint node-role.kubernetes.io/control-plane:NoSchedule",
    { spec: { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] } },
  ],
])("beside good nodes, one that %s is left out by name", (words, changes) => {
  const odd = node("odd", changes);
  // The label alone tells only where the kubelet has not.
  if (changes.labels?.["kubernetes.io/os"] && odd.status?.nodeInfo) {
    Reflect.deleteProperty(odd.status.nodeInfo, "operatingSystem");
  }
  const { fit, unfit } = fitNodes([node("b"), odd, node("a")]);
  expect(names(fit)).toEqual(["a", "b"]);
  expect(unfit.map(({ name, because }) => `${name} ${unfitWords(because)}`)).toEqual([`odd ${words}`]);
});

describe("nodes that are used", () => {
  it("may be of both architectures, and may have a taint that only asks", () => {
    const soft = node("soft", { spec: { taints: [{ key: "k", effect: "PreferNoSchedule" }] } });
    const { fit } = fitNodes([node("arm", { info: { architecture: "arm64" } }), soft]);
    expect(names(fit)).toEqual(["arm", "soft"]);
  });

  it("have all labels that the user named", () => {
    const labelled = node("c", { labels: { pool: "load", zone: "1" } });
    const { fit, unfit } = fitNodes([node("a"), node("b", { labels: { pool: "load" } }), labelled], {
      pool: "load",
      zone: "1",
    });
    expect(names(fit)).toEqual(["c"]);
    expect(unfit.map(({ because }) => unfitWords(because))).toEqual(["has no label pool=load", "has no label zone=1"]);
  });

  it("are no more than agents can be read of, always the same", () => {
    const all = Array.from({ length: 500 }, (_, index) => node(`node-${String(index).padStart(3, "0")}`));
    const { fit, unfit } = fitNodes([...all].reverse());
    expect(names(fit)).toEqual(names(all.slice(0, MOST_NODES)));
    expect(new Set(unfit.map(({ because }) => unfitWords(because)))).toEqual(new Set(["is not needed"]));
  });

  it("are no more than the pods of a suite get: on others no packet of it passes", () => {
    const all = ["a", "b", "c", "d"].map((name) => node(name));
    const { fit, unfit } = fitNodes(all, {}, 3);
    expect(names(fit)).toEqual(["a", "b", "c"]);
    expect(unfit.map(({ name, because }) => `${name} ${unfitWords(because)}`)).toEqual(["d is not needed"]);
  });

  it("of a flood are its load's, and one for each pod of web", () => {
    const { replicas = 0 } = SHARED.object<V1Deployment>("web", "Deployment").spec ?? {};
    expect(connectionFlood.requires.mostNodes).toBe(1 + replicas);
    expect(["full", "quick"].map((size) => connectionFlood.plan(size as SuiteSize).load.placement)).toEqual([
      "one-node",
      "one-node",
    ]);
  });
});
