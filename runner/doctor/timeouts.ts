/** How long entries stay by what kube-proxy is told. */
import type { Found } from "./finding.ts";
import { count, seconds } from "./numbers.ts";
import { compares } from "./proofs.ts";
import type { ProxyFacts } from "./state.ts";

/** kube-proxy's own (pkg/proxy/apis/config/v1alpha1/defaults.go), and the kernel's, which a 0 leaves alone. */
export const PROXY_TIMEOUTS = [
  {
    field: "establishedS",
    setting: "tcpEstablishedTimeout",
    usualS: 86_400,
    kernelS: 432_000,
    tuning: "conntrack-established-86400",
    who: "a connection that went silent (its peer died, a load balancer forgot it)",
  },
  {
    field: "closeWaitS",
    setting: "tcpCloseWaitTimeout",
    usualS: 3600,
    kernelS: 60,
    tuning: "conntrack-close-wait-60",
    who: "a connection that one side never closes",
  },
] as const;

export function longTimeouts(proxy: ProxyFacts): Found[] {
  if (proxy.kind === "replaced") return [];
  return PROXY_TIMEOUTS.flatMap(({ field, setting, usualS, kernelS, tuning, who }): Found[] => {
    const set = proxy[field];
    const inForce = set === null ? usualS : set === 0 ? kernelS : set;
    if (inForce <= usualS) return [];
    return [
      {
        severity: "warning",
        subject: "kube-proxy",
        value: `${setting}: ${set === 0 ? `0, so the kernel's ${seconds(kernelS)}` : seconds(inForce)}`,
        readFrom: `${proxy.readFrom}, conntrack.${setting}`,
        consequence: `${who} keeps its entry for ${seconds(inForce)}: one of them a second holds ${count(inForce)} entries, of 262,144 in a usual table`,
        remedy: { tuning, words: `${seconds(usualS)} or less; above the longest silence of a connection that lives` },
        proof: compares(tuning),
      },
    ];
  });
}
