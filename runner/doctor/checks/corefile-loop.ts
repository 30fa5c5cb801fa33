import { defineCheck } from "../check.ts";
import { pluginOf } from "../corefile.ts";
import { reads } from "../proofs.ts";

export const corefileLoop = defineCheck({
  name: "corefile-loop",
  hop: "dns",
  title: "CoreDNS would not notice that it asks itself",
  reads: ["corefile"],
  find({ corefile }) {
    return corefile.blocks
      .filter((block) => pluginOf(block, "forward")?.args.includes("/etc/resolv.conf") && !pluginOf(block, "loop"))
      .map((block) => ({
        severity: "warning" as const,
        subject: `Corefile, ${block.zones.join(" ")}`,
        value: "forward . /etc/resolv.conf without loop",
        readFrom: corefile.readFrom,
        consequence:
          "where a node's resolv.conf names a local stub (127.0.0.53), each query for a name outside goes round until max_concurrent or memory ends it, instead of CoreDNS stopping with words at its start",
        remedy: { words: "the loop plugin in the same block" },
        proof: reads`get configmap coredns -n kube-system -o yaml`,
      }));
  },
});
