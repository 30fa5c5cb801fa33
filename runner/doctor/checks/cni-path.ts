import { encapsulationBytes, encapsulationShare } from "../../analysis/capacity/encapsulation.ts";
import type { DeclaredPath } from "../../result/declared-path.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { devicesOf, ofPods, uplinksOf } from "../inside/devices.ts";
import type { Inside } from "../inside/state.ts";
import { count } from "../numbers.ts";
import { compares, reads } from "../proofs.ts";

/** Of a network that nobody made larger. */
const USUAL_MTU = 1500;

export const cniPath = defineCheck({
  name: "cni-path",
  hop: "overlay",
  title: "which CNI leads packets between nodes, by which encapsulation and MTU",
  reads: ["network"],
  uses: ["inside"],
  find({ network: { paths } }, _asked, { inside }) {
    return paths.map((path): Found => {
      const bytes = encapsulationBytes(path.backend);
      const link = inside === null ? null : linkMtu(inside);
      return {
        severity: "info",
        subject: path.by,
        value: `${path.backend}; ${mtuWords(path, inside)}`,
        readFrom: inside === null ? path.by : `${path.by}; MTU of the nodes' network devices`,
        consequence: consequenceOf(path, bytes, link ?? USUAL_MTU),
        remedy: {
          words:
            bytes === 0
              ? "nothing, as long as the network below carries the pods' ranges"
              : "direct routes between nodes that share a network (host-gw, CrossSubnet, native routing), where small packets or a card without tunnel offloads make it worth it",
        },
        proof: bytes === null || bytes === 0 ? reads`get nodes -o wide` : compares("pod-path-direct"),
      };
    });
  },
  lacks({ network: { cni, paths, unread } }) {
    const what = "how packets get from node to node (CNI, encapsulation, MTU)";
    return [
      ...unread.map((each) => ({ what, node: null, because: `${each} may not be read` })),
      ...(paths.length > 0 || unread.length > 0
        ? []
        : [
            {
              ...{ what, node: null },
              because:
                cni === null
                  ? "no DaemonSet has the name of a CNI that doctor knows"
                  : `${cni} says it in no object that doctor reads`,
            },
          ]),
    ];
  },
});

/** The largest, since nodes have small ones beside it. */
function linkMtu({ nodes }: Inside): number | null {
  const all = nodes.flatMap((node) => uplinksOf(devicesOf(node)).map(({ mtu }) => mtu));
  return all.length === 0 ? null : Math.max(...all);
}

function mtuWords({ mtu }: DeclaredPath, inside: Inside | null): string {
  const declared = mtu === null ? "no MTU set, so worked out from the link" : `MTU ${count(mtu)} set`;
  if (inside === null) return `${declared}; the one in force is read by --on-nodes only`;
  const pods = [...new Set(inside.nodes.flatMap((node) => ofPods(devicesOf(node)).map((each) => each.mtu)))];
  const link = linkMtu(inside);
  const found = pods.sort((a, b) => a - b).map(count);
  return [
    declared,
    ...(found.length === 0 ? [] : [`pods have ${found.join(" and ")}`]),
    ...(link === null ? [] : [`the nodes' link ${count(link)}`]),
  ].join(", ");
}

function consequenceOf({ backend }: DeclaredPath, bytes: number | null, link: number): string {
  if (bytes === null) return "what it adds to a packet is not known to doctor";
  if (bytes === 0) return "packets between nodes stay as they are; the network has to know where each node's pods are";
  const share = Number((100 * encapsulationShare(bytes, link)).toFixed(1));
  const between = /subnet/i.test(backend) ? "between nodes of different subnets" : "between nodes";
  return `${bytes} bytes more on each packet ${between}, ${share} % of a full one of ${count(link)} bytes, and the CPU to wrap it; published rates with and without differ by less than 5 % where the card offloads tunnels`;
}
