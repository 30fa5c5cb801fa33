import { defineCheck } from "../check.ts";
import { pluginOf } from "../corefile.ts";
import { compares } from "../proofs.ts";

export const corefileAutopath = defineCheck({
  name: "corefile-autopath",
  hop: "dns",
  title: "autopath without the knowledge that it needs",
  reads: ["corefile"],
  find({ corefile }) {
    return corefile.blocks
      .filter((block) => pluginOf(block, "autopath")?.args.some((arg) => arg.startsWith("@kubernetes")))
      .filter((block) => {
        const pods = pluginOf(block, "kubernetes")?.settings.find(([name]) => name === "pods")?.[1];
        return pods !== "verified";
      })
      .map((block) => ({
        severity: "warning" as const,
        subject: `Corefile, ${block.zones.join(" ")}`,
        value: "autopath @kubernetes without pods verified",
        readFrom: corefile.readFrom,
        consequence:
          "CoreDNS does not know whose query it is, so autopath does nothing: a look-up of a name outside stays at 8 queries instead of 2",
        remedy: {
          tuning: "autopath",
          words: "pods verified in the kubernetes plugin; about three times the memory a pod of the cluster",
        },
        proof: compares("autopath"),
      }));
  },
});
