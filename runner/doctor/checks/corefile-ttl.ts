import { defineCheck } from "../check.ts";
import { pluginOf } from "../corefile.ts";
import { compares } from "../proofs.ts";

export const corefileTtl = defineCheck({
  name: "corefile-ttl",
  hop: "dns",
  title: "the cluster's names may not be kept by anybody",
  reads: ["corefile"],
  find({ corefile }) {
    return corefile.blocks
      .filter((block) => pluginOf(block, "kubernetes")?.settings.some(([name, ttl]) => name === "ttl" && ttl === "0"))
      .map((block) => ({
        severity: "warning" as const,
        subject: `Corefile, kubernetes in ${block.zones.join(" ")}`,
        value: "ttl 0",
        readFrom: corefile.readFrom,
        consequence:
          "no cache keeps a Service's address, on nodes or in clients: each connection to a Service is a look-up that a CoreDNS pod works out, 2 queries at least",
        remedy: { words: "ttl 30, as kubeadm writes it" },
        proof: compares("node-local-cache"),
      }));
  },
});
