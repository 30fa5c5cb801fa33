/** Clusters as they would be read, written by hand. */
import type { HereFacts, NodeHere } from "../../../../runner/preflight/here/facts.ts";
import { madeKey } from "../../../../runner/preflight/here/facts.ts";
import type { AskedTuning } from "../../../../runner/preflight/here/here.ts";
import { judgeAll } from "../../../../runner/preflight/here/here.ts";
import type { Applicable } from "../../../../runner/preflight/here/report.ts";

export function nodes(count: number, given: Partial<NodeHere> = {}): NodeHere[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ name: `node-${index + 1}`, kubelet: "v1.33.1", kernel: "6.1.0" },
    ...given,
  }));
}

/** Takes whatever these tunings make, and its kubelets allow nothing unsafe. */
export function willing(asked: readonly AskedTuning[], given: Partial<HereFacts> = {}): HereFacts {
  const all = given.nodes ?? nodes(3);
  const made = asked.flatMap(({ asks }) => asks.flatMap((ask) => (ask.kind === "admission" ? [ask.made] : [])));
  return {
    server: "v1.33.1",
    nodes: all,
    leftOut: [],
    agents: { state: "accepted" },
    admissions: new Map(made.map((each) => [madeKey(each), { state: "accepted" }])),
    kubelets: new Map(all.map(({ name }) => [name, { allowedUnsafeSysctls: [] }])),
    kubeletsUnasked: null,
    proxyMode: "iptables",
    firstFamily: "ipv4",
    onNodes: [],
    ...given,
  };
}

export function judged(asked: readonly AskedTuning[], facts: HereFacts): (name: string) => Applicable {
  const all = judgeAll(asked, facts, false);
  return (name) => {
    const found = all.find((each) => each.name === name);
    if (!found) throw new Error(`${name} was not asked about`);
    return found;
  };
}
