import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";

const CONSEQUENCES: Readonly<Record<string, string>> = {
  NotReady:
    "its pods are taken out of all Services, and after 5 minutes made anew elsewhere: the other nodes' tables and pods carry its share",
  MemoryPressure:
    "its kubelet evicts pods, and takes no new ones without a guarantee: connections to those end without a word",
  DiskPressure: "its kubelet evicts pods and deletes images, and takes no new pods",
  PIDPressure: "its kubelet evicts pods: programs there can't start, probes by exec among them",
  NetworkUnavailable: "its routes are not set: no pod there is reached from another node",
};

export const nodeConditions = defineCheck({
  name: "node-conditions",
  hop: "node",
  title: "a node that is not ready, or short of something",
  reads: ["nodes"],
  find({ nodes }) {
    return nodes.flatMap(({ name, conditions }) =>
      conditions.flatMap(({ type, status, says }): Found[] => {
        const what = type === "Ready" ? (status === "True" ? null : "NotReady") : status === "True" ? type : null;
        const consequence = what === null ? undefined : CONSEQUENCES[what];
        if (what === null || consequence === undefined) return [];
        return [
          {
            severity: what === "NotReady" || what === "NetworkUnavailable" ? "critical" : "warning",
            subject: `node ${name}`,
            value: `${what}${says === "" ? "" : `: ${says}`}`,
            readFrom: "status.conditions",
            consequence,
            remedy: { words: "what its kubelet says; drain and replace it, where that does not end" },
            proof: reads`describe node ${name}`,
          },
        ];
      }),
    );
  },
});
