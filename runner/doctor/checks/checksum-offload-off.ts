import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { devicesOf } from "../inside/devices.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { readsOnNode } from "../inside/proofs.ts";

export const checksumOffloadOff = defineCheck({
  name: "checksum-offload-off",
  hop: "overlay",
  title: "an overlay whose checksums are worked out by the CPU",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node) =>
      devicesOf(node)
        .filter(({ driver, txChecksum }) => /^(vxlan|geneve)$/.test(driver) && txChecksum === false)
        .map(
          ({ name }): Found => ({
            severity: "info",
            subject: `node ${node.name}`,
            value: `tx checksum offload of ${name} is off`,
            readFrom: "offloads of the node's network device, as ethtool has them",
            consequence:
              "it was the cure for a kernel bug that is mended since 5.6.13, 5.4.41 and 4.19.123; on such kernels it costs CPU for each byte that pods send, and nothing else",
            remedy: { words: `ethtool -K ${name} tx-checksum-ip-generic on, and no more in what turned it off` },
            proof: readsOnNode(node.name, "chroot", "/host", "ethtool", "-k", name),
          }),
        ),
    );
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, devices }) => unread(name, "network devices", devices)),
});
