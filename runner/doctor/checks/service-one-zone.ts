import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { isSystem, nameOf } from "../subjects.ts";
import { zonesOf } from "../zones.ts";

export const serviceOneZone = defineCheck({
  name: "service-one-zone",
  hop: "node",
  title: "all ready pods of a Service are in one zone",
  reads: ["services", "endpoints", "nodes"],
  find({ services, endpoints, nodes }) {
    const { byNode, all } = zonesOf(nodes);
    if (all.length < 2) return [];
    const byName = new Map(endpoints.map((each) => [nameOf(each), each]));
    return services
      .filter((service) => !isSystem(service))
      .flatMap((service): Found[] => {
        const own = byName.get(nameOf(service));
        // All on one node is another check's, and one pod is in one zone by its nature.
        if (!own || own.ready < 2 || own.nodes.length < 2) return [];
        const zones = new Set(own.nodes.map((node) => byNode.get(node)));
        const [zone, ...others] = zones;
        if (zone === undefined || others.length > 0) return [];
        return [
          {
            severity: "warning",
            subject: `service ${nameOf(service)}`,
            value: `${several(own.ready, "ready pod")} on ${several(own.nodes.length, "node")}, all in zone ${zone} of ${all.length}`,
            readFrom: "nodeName in its EndpointSlices, and label topology.kubernetes.io/zone of nodes",
            consequence: `that zone's loss ends all of it; and clients spread evenly over the zones send ${Math.round((100 * (all.length - 1)) / all.length)} % of their connections into another zone, each of which waits for that round trip twice before its first answer`,
            remedy: { words: "topologySpreadConstraints by topology.kubernetes.io/zone, then one rollout" },
            proof: reads`get endpointslices -n ${service.namespace} -l kubernetes.io/service-name=${service.name} -o yaml`,
          },
        ];
      });
  },
  lacks({ nodes }) {
    const without = nodes.filter(({ zone, virtual }) => zone === null && !virtual);
    return nodes.some(({ zone }) => zone !== null)
      ? without.map(({ name }) => ({ what: "the zone of a node", node: name, because: "it has no label for it" }))
      : [];
  },
});
