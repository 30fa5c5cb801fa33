import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { devicesOf, ofPods, overlaysOf, uplinksOf } from "../inside/devices.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { count } from "../numbers.ts";

/** Outer Ethernet, IPv4, UDP and VXLAN headers. */
const VXLAN_BYTES = 50;

export const mtuMismatch = defineCheck({
  name: "mtu-mismatch",
  hop: "overlay",
  title: "packets of pods that do not fit through the overlay, or the network below it",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node) => {
      const devices = devicesOf(node);
      const below = Math.max(0, ...uplinksOf(devices).map(({ mtu }) => mtu));
      const pods = Math.max(0, ...ofPods(devices).map(({ mtu }) => mtu));
      return overlaysOf(devices).flatMap(({ name, mtu }) => [
        ...(below > 0 && mtu > below - VXLAN_BYTES
          ? [
              tooLarge(
                node.name,
                `MTU ${count(mtu)} of ${name}, where the card takes ${count(below)} bytes, which leaves ${count(below - VXLAN_BYTES)} inside`,
              ),
            ]
          : []),
        ...(pods > mtu ? [tooLarge(node.name, `MTU ${count(pods)} of pods, where ${name} takes ${count(mtu)}`)] : []),
      ]);
    });
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, devices }) => unread(name, "network devices", devices)),
});

function tooLarge(node: string, value: string): Found {
  return {
    severity: "critical",
    subject: `node ${node}`,
    value,
    readFrom: "MTU of the node's network devices",
    consequence:
      "small answers arrive and large ones hang: full packets are cut up or dropped, and where ICMP is filtered nobody learns of it",
    remedy: { words: "the CNI's MTU 50 bytes below the card's (VXLAN), and pods made anew" },
    proof: readsOnNode(node, "ip", "link"),
  };
}
