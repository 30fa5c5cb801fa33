import { iptablesRules, iptablesWalkUs } from "../../analysis/capacity/services.ts";
import { minorOf } from "../../analysis/kubernetes/versions.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { count } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

/** From where the walk begins to show beside a connection's other costs, and from where published rates fall by a fifth. */
const NOTICEABLE = 1000;
const MANY = 5000;

export const proxyMode = defineCheck({
  name: "proxy-mode",
  hop: "service",
  title: "a way to lead Services that is slow here, or goes away",
  reads: ["proxy", "services"],
  uses: ["endpoints", "server"],
  find({ proxy, services }, _asked, { endpoints, server }): Found[] {
    if (proxy.kind === "replaced") return [];
    const common = {
      subject: "kube-proxy",
      readFrom: `${proxy.readFrom}, mode`,
      remedy: { words: `${nftablesWords(server?.version)}; it finds a Service in one step` },
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
    const led = services.filter(({ headless, type }) => !headless && type !== "ExternalName");
    const ports = led.reduce((total, service) => total + service.ports.length, 0);
    if (proxy.mode !== "iptables" || ports < NOTICEABLE) return [];
    const [least, most] = iptablesWalkUs(ports);
    const byName = new Map((endpoints ?? []).map((each) => [nameOf(each), each]));
    const rules = iptablesRules(
      led.map((service) => ({
        ports: service.ports.length,
        endpoints: byName.get(nameOf(service))?.ready ?? 0,
      })),
    );
    return [
      {
        ...common,
        severity: ports >= MANY ? "warning" : "info",
        value: `mode iptables with ${count(ports)} Service ports`,
        readFrom: `${common.readFrom}; ports of all Services${endpoints === null ? "" : ", and their endpoints"}`,
        consequence: `at least ${count(rules)} rules on each node${endpoints === null ? ", without those of endpoints, which were not seen" : ""}; each new connection to the last of them passes ${count(ports)} rules first, ${count(least)} to ${count(most)} µs; published: 22 % fewer short connections/s at 5,000 Services, 37 % at 10,000`,
      },
    ];
  },
});

/** GA in 1.33, on by default since 1.31 (KEP-3866). */
function nftablesWords(version: string | undefined): string {
  const minor = version === undefined ? null : minorOf(version);
  const kernel = "Linux 5.13 and newer";
  if (minor === null) return `mode: nftables (Kubernetes 1.31 and newer, ${kernel})`;
  if (minor >= 33) return `mode: nftables (${kernel})`;
  if (minor >= 31) return `mode: nftables (beta in 1.${minor}, ${kernel})`;
  return `an upgrade to Kubernetes 1.33, which has mode: nftables (${kernel})`;
}
