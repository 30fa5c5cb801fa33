import { forwardsAtOnce, forwardsPerSecond } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { pluginOf } from "../corefile.ts";
import type { Found } from "../finding.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";

/** As kubeadm writes it. */
const USUAL = 1000;
/** A slow upstream, for the arithmetic. */
const DELAY_S = 0.1;

export const corefileMaxConcurrent = defineCheck({
  name: "corefile-max-concurrent",
  hop: "dns",
  title: "CoreDNS forwards too few queries at once",
  reads: ["corefile"],
  find({ corefile }, asked) {
    return corefile.blocks.flatMap((block): Found[] => {
      const setting = pluginOf(block, "forward")?.settings.find(([name]) => name === "max_concurrent")?.[1];
      const most = Number(setting);
      // Unlimited without the setting, or with 0.
      if (setting === undefined || !(most > 0)) return [];
      // A and AAAA of the one name in the search that is not the cluster's.
      const wanted = asked.rate === null ? null : forwardsAtOnce(2 * asked.rate, DELAY_S);
      const over = wanted !== null && wanted > most;
      if (most >= USUAL && !over) return [];
      const perSecond = forwardsPerSecond(most, DELAY_S);
      return [
        {
          severity: "warning",
          subject: `Corefile, forward in ${block.zones.join(" ")}`,
          value: `max_concurrent ${most}`,
          readFrom: corefile.readFrom,
          consequence: `where the upstream takes ${DELAY_S * 1000} ms, a pod refuses what is above ${count(perSecond)} uncached queries/s${wanted === null || asked.rate === null ? "" : `; one uncached look-up for each of ${count(asked.rate)} connections/s has ${count(wanted)} under way`}`,
          remedy: {
            tuning: "forward-max-concurrent-10000",
            words: "misses/s times the upstream's delay, and as much again; about 2 kB each",
          },
          proof: compares("forward-max-concurrent-10000", "--faults max-concurrent"),
          ...(wanted === null
            ? {}
            : { headroom: { left: Math.max(0, 1 - wanted / most), of: "queries being forwarded at once" } }),
        },
      ];
    });
  },
});
