import { defineCheck } from "../check.ts";
import { pluginOf } from "../corefile.ts";
import { compares } from "../proofs.ts";

export const corefileLameduck = defineCheck({
  name: "corefile-lameduck",
  hop: "dns",
  title: "CoreDNS stops before its clients know",
  reads: ["corefile"],
  find({ corefile }) {
    const healths = corefile.blocks.flatMap((block) => pluginOf(block, "health") ?? []);
    if (healths.length === 0 || healths.some(({ settings }) => settings.some(([name]) => name === "lameduck")))
      return [];
    return [
      {
        severity: "info",
        subject: "Corefile",
        value: "health without lameduck",
        readFrom: corefile.readFrom,
        consequence:
          "a pod that is replaced stops at once, while nodes still send it queries for some seconds: each of those waits 5 s and is asked again",
        remedy: { words: "health { lameduck 5s }, as kubeadm writes it" },
        proof: compares("replicas-2", "--faults kill-pod"),
      },
    ];
  },
});
