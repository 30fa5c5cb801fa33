import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { devicesOf } from "../inside/devices.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";

/** Emulations of old cards: each packet leaves the guest. */
const EMULATED = /^(e1000e?|8139cp|8139too|rtl8139|pcnet32|ne2k-pci|tulip)$/;

export const nicEmulated = defineCheck({
  name: "nic-emulated",
  hop: "node",
  title: "a network card that is an emulation of an old one",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node) =>
      devicesOf(node)
        .filter(({ driver }) => EMULATED.test(driver))
        .map(
          ({ name, driver }): Found => ({
            severity: "warning",
            subject: `node ${node.name}`,
            value: `${name} has driver ${driver}`,
            readFrom: "driver of the node's network device, as ethtool has it",
            consequence:
              "in a virtual machine each packet costs exits that a paravirtual card does without: fewer packets a second, and softirq time; on hardware it is an old card",
            remedy: { words: "a virtio, vmxnet3, ena or gve card for the machine" },
            proof: readsOnNode(node.name, "readlink", `/sys/class/net/${name}/device/driver`),
          }),
        ),
    );
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, devices }) => unread(name, "network devices", devices)),
});
