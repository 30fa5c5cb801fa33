/** What a simulated API server tells of Services and of who leads them, and what it will not tell. */
import { expect, test } from "vitest";
import { readTargetFacts } from "../../../runner/cluster/facts.ts";
import { openAt } from "../cli/simulated-here.ts";
import { answering, api, refusal } from "./servers/api.ts";

const FELIX = "/apis/crd.projectcalico.org/v1/felixconfigurations/default";
const PROXY = "/api/v1/namespaces/kube-system/configmaps/kube-proxy";
const EKS_PROXY = "/api/v1/namespaces/kube-system/configmaps/kube-proxy-config";
const daemonSet = (name: string, desiredNumberScheduled = 3, namespace = "kube-system") => ({
  metadata: { name, namespace },
  spec: { template: { spec: { containers: [{ name: "c", command: ["run"], env: [{ name: "X" }] }] } } },
  status: { desiredNumberScheduled },
});

/** @param documents by path; a number is a refusal with that status; of what is not here there is none */
async function proxyModeOf(daemonSets: readonly object[] | 403, documents: Readonly<Record<string, object | number>>) {
  await using server = await api({
    answer: answering(({ path }) => {
      if (path === "/version") return { status: 200, body: { gitVersion: "v1.33.1" } };
      if (path === "/api/v1/nodes") return { status: 200, body: { items: [] } };
      if (path === "/apis/apps/v1/daemonsets")
        return daemonSets === 403 ? refusal(403, "forbidden") : { status: 200, body: { items: daemonSets } };
      const found = documents[path] ?? 404;
      return typeof found === "number" ? refusal(found, path) : { status: 200, body: found };
    }),
  });
  return (await readTargetFacts(await openAt(server.url), "kubeconfig", {}, {})).proxyMode;
}

const iptables = { [PROXY]: { data: { "config.conf": "mode: iptables\n" } } };
const calico = [daemonSet("calico-node", 3, "calico-system"), daemonSet("kube-proxy", 0)];

test.each([
  ["Calico's FelixConfiguration", calico, { ...iptables, [FELIX]: { spec: { bpfEnabled: true } } }, "calico (eBPF)"],
  [
    "a later release's",
    calico,
    { "/apis/projectcalico.org/v3/felixconfigurations/default": { spec: { bpfEnabled: true } } },
    "calico (eBPF)",
  ],
  [
    "one that says nothing of it",
    [calico[0] ?? {}, daemonSet("kube-proxy")],
    { ...iptables, [FELIX]: { spec: {} } },
    "iptables",
  ],
  ["one that may not be read", calico, { ...iptables, [FELIX]: 403 }, "unknown"],
  ["none at all", [daemonSet("calico-node"), daemonSet("kube-proxy")], iptables, "iptables"],
  [
    "Cilium in a namespace of its own",
    [daemonSet("cilium", 3, "cilium")],
    { "/api/v1/namespaces/cilium/configmaps/cilium-config": { data: { "kube-proxy-replacement": "true" } } },
    "cilium",
  ],
  [
    "Cilium whose ConfigMap may not be read",
    [daemonSet("cilium")],
    { ...iptables, "/api/v1/namespaces/kube-system/configmaps/cilium-config": 403 },
    "unknown",
  ],
  ["EKS's ConfigMap", [daemonSet("kube-proxy")], { [EKS_PROXY]: { data: { config: 'mode: "ipvs"\n' } } }, "ipvs"],
  [
    "nothing that may be listed, and a FelixConfiguration that may not be read",
    403 as const,
    { ...iptables, [FELIX]: 403 },
    "unknown",
  ],
])("%s tells how Services are led", async (_, daemonSets, documents, mode) => {
  expect(await proxyModeOf(daemonSets, documents as Readonly<Record<string, object | number>>)).toBe(mode);
});
