import { defineCheck } from "../check.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";

export const oneZone = defineCheck({
  name: "one-zone",
  hop: "node",
  title: "all nodes in one zone",
  reads: ["nodes"],
  find({ nodes }) {
    const zones = [...new Set(nodes.flatMap(({ zone }) => zone ?? []))];
    const [zone] = zones;
    if (nodes.length < 2 || zones.length !== 1 || zone === undefined) return [];
    return [
      {
        severity: "info" as const,
        subject: "the nodes",
        value: `${several(nodes.length, "node")} in zone ${zone}`,
        readFrom: "label topology.kubernetes.io/zone",
        consequence: "the zone's loss is the cluster's; for it, no connection waits for another zone's round trip",
        remedy: { words: "nodes in three zones, where an outage of one must not be yours" },
        proof: reads`get nodes -L topology.kubernetes.io/zone`,
      },
    ];
  },
});
