import { encapsulationBytes } from "../../analysis/capacity/encapsulation.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { devicesOf, uplinksOf } from "../inside/devices.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { count } from "../numbers.ts";

export const cniMtu = defineCheck({
  name: "cni-mtu",
  hop: "overlay",
  title: "an MTU in the CNI's settings that is not the link's",
  reads: ["network", "inside"],
  find({ network: { paths }, inside }) {
    return paths.flatMap(({ by, backend, mtu }): Found[] => {
      if (mtu === null) return [];
      const links = inside.nodes.flatMap((node) => {
        const own = uplinksOf(devicesOf(node)).map((each) => each.mtu);
        return own.length === 0 ? [] : [{ node: node.name, mtu: Math.max(...own) }];
      });
      const [narrowest] = links.sort((a, b) => a.mtu - b.mtu);
      if (!narrowest || narrowest.mtu === mtu) return [];
      const withinBytes = mtu - (encapsulationBytes(backend) ?? 0);
      const common = {
        subject: by,
        value: `MTU ${count(mtu)} set for ${backend}, where the link of ${narrowest.node} takes ${count(narrowest.mtu)}`,
        readFrom: `${by}; MTU of the node's network devices`,
        remedy: { words: "the link's MTU there, or none, which has the CNI find it out; then pods made anew" },
        proof: readsOnNode(narrowest.node, "ip", "link"),
      };
      return mtu > narrowest.mtu
        ? [
            {
              ...common,
              severity: "critical",
              consequence: `packets of pods up to ${count(withinBytes)} bytes become larger than the link takes: small answers arrive and large ones hang, where ICMP is filtered`,
            },
          ]
        : [
            {
              ...common,
              severity: "info",
              consequence: `each full packet carries ${count(narrowest.mtu - mtu)} bytes less than it could: ${Number(((narrowest.mtu / mtu - 1) * 100).toFixed(1))} % more packets for the same bytes`,
            },
          ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, devices }) => unread(name, "network devices", devices)),
});
