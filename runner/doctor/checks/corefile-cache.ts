import { coreDnsCores } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { pluginOf, type ServerBlock } from "../corefile.ts";
import type { Found } from "../finding.ts";
import { compares } from "../proofs.ts";

/** CoreDNS keeps nothing for less, unless it is told to. */
const LEAST_TTL_S = 5;

export const corefileCache = defineCheck({
  name: "corefile-cache",
  hop: "dns",
  title: "CoreDNS keeps no answers, or not for long",
  reads: ["corefile"],
  find({ corefile }) {
    return corefile.blocks.filter(asksOthers).flatMap((block): Found[] => {
      const value = troubleOf(block);
      if (value === null) return [];
      const cores = coreDnsCores(1000, 8).toFixed(1);
      const refused = value === "cache 0";
      return [
        {
          severity: refused ? "critical" : "warning",
          subject: `Corefile, ${block.zones.join(" ")}`,
          value,
          readFrom: corefile.readFrom,
          consequence: refused
            ? "CoreDNS refuses a TTL of 0: a pod that starts with it ends at once, and only those that run already answer"
            : `each of its queries is worked out anew, and those for names outside wait for the upstream: 1,000 look-ups/s of one such name are 2,000 queries/s there, and 8,000 (${cores} cores) here`,
          remedy: { tuning: "cache-prefetch-stale", words: "cache 30, as kubeadm writes it, or longer" },
          proof: compares("cache-prefetch-stale"),
        },
      ];
    });
  },
});

/** A block without either answers from its own words. */
function asksOthers(block: ServerBlock): boolean {
  return pluginOf(block, "forward") !== undefined || pluginOf(block, "kubernetes") !== undefined;
}

function troubleOf(block: ServerBlock): string | null {
  const cache = pluginOf(block, "cache");
  if (!cache) return "no cache plugin";
  const off = cache.settings.find(([name]) => name === "disable");
  if (off) return `cache: ${off.join(" ")}`;
  const ttl = cache.args.find((arg) => /^\d+$/.test(arg));
  if (ttl !== undefined && Number(ttl) < LEAST_TTL_S) return `cache ${ttl}`;
  const short = cache.settings.find(
    ([name, , seconds]) => (name === "success" || name === "denial") && Number(seconds ?? LEAST_TTL_S) < LEAST_TTL_S,
  );
  return short ? `cache: ${short.join(" ")}` : null;
}
