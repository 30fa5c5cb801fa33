import { iptablesWalkUs } from "../../analysis/capacity/services.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { count } from "../numbers.ts";
import { reads } from "../proofs.ts";
import type { ServiceFacts } from "../state.ts";

/** From where the walk begins to show beside a connection's other costs, and from where published rates fall by a fifth. */
const NOTICEABLE = 1000;
const MANY = 5000;

export const proxyMode = defineCheck({
  name: "proxy-mode",
  hop: "service",
  title: "a way to lead Services that is slow here, or goes away",
  reads: ["proxy", "services"],
  find({ proxy, services }): Found[] {
    if (proxy.kind === "replaced") return [];
    const common = {
      subject: "kube-proxy",
      readFrom: `${proxy.readFrom}, mode`,
      remedy: { words: "mode: nftables (Linux 5.13 and newer), which finds a Service in one step" },
      proof: reads`get configmap kube-proxy -n kube-system -o yaml`,
    };
    if (proxy.mode === "userspace") {
      return [
        {
          ...common,
          severity: "critical",
          value: "mode userspace",
          consequence:
            "it was removed in Kubernetes 1.26: a kube-proxy of today does not start with it, and no Service is led anywhere on its node",
        },
      ];
    }
    if (proxy.mode === "ipvs") {
      return [
        {
          ...common,
          severity: "warning",
          value: "mode ipvs",
          consequence:
            "deprecated since Kubernetes 1.35, off unless asked for from 1.40 and removed in 1.43 (KEP-5495): an upgrade to there leads no Service",
        },
      ];
    }
    const ports = portsOf(services);
    if (proxy.mode !== "iptables" || ports < NOTICEABLE) return [];
    const [least, most] = iptablesWalkUs(ports);
    return [
      {
        ...common,
        severity: ports >= MANY ? "warning" : "info",
        value: `mode iptables with ${count(ports)} Service ports`,
        readFrom: `${common.readFrom}; ports of all Services`,
        consequence: `each new connection to the last of them passes ${count(ports)} rules first, ${count(least)} to ${count(most)} µs; published: 22 % fewer short connections/s at 5,000 Services, 37 % at 10,000`,
      },
    ];
  },
});

/** A headless one, and one that is a name only, take no rule. */
function portsOf(services: readonly ServiceFacts[]): number {
  return services
    .filter(({ headless, type }) => !headless && type !== "ExternalName")
    .reduce((total, { ports }) => total + ports.length, 0);
}
