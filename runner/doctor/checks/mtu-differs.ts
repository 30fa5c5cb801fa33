import { defineCheck } from "../check.ts";
import { devicesOf, ofPods } from "../inside/devices.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";
import { count } from "../numbers.ts";

export const mtuDiffers = defineCheck({
  name: "mtu-differs",
  hop: "overlay",
  title: "pods with another MTU on another node",
  reads: ["inside"],
  find({ inside }) {
    const mtus = inside.nodes.flatMap((node) => {
      const pods = ofPods(devicesOf(node)).map(({ mtu }) => mtu);
      return pods.length === 0 ? [] : [{ name: node.name, mtu: Math.min(...pods) }];
    });
    const sorted = mtus.sort((a, b) => a.mtu - b.mtu);
    const [least, most] = [sorted[0], sorted.at(-1)];
    if (!least || !most || least.mtu === most.mtu) return [];
    return [
      {
        severity: "warning",
        subject: "pods of different nodes",
        value: `MTU ${count(least.mtu)} on ${least.name}, ${count(most.mtu)} on ${most.name}`,
        readFrom: "MTU of pods' devices on the nodes",
        consequence: `UDP packets of more than ${count(least.mtu)} bytes from ${most.name} do not arrive whole on ${least.name}; TCP agrees on the smaller one`,
        remedy: { words: "one MTU in the CNI's configuration, and pods made anew" },
        proof: readsOnNode(least.name, "ip", "link"),
      },
    ];
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, devices }) => unread(name, "network devices", devices)),
});
