/** CoreDNS forwards so many queries at once, each of which takes so long (Little's law). */
import { loadImage } from "../../../runner/lab/index.ts";
import { silent } from "../../../runner/progress.ts";
import { applied, read } from "./apply.ts";
import type { Bottleneck } from "./bottleneck.ts";

const AT_ONCE = 10;
const DELAY_MS = 100;
/** A and AAAA. */
const QUERIES = 2;

export const dns: Bottleneck = {
  name: "dns",
  hop: "dns",
  takesPerSecond: AT_ONCE / (DELAY_MS / 1000) / QUERIES,
  clients: 1,
  async stage(lab) {
    const image = await loadImage(lab.lab.name, "node", silent);
    await applied(lab, read("manifests/dns.yaml"), {
      IMAGE: image,
      ENVIRONMENT: JSON.stringify([{ name: "DELAY_MS", value: String(DELAY_MS) }]),
      SOURCE: JSON.stringify(read("servers/slow-dns.mjs")),
      ASKS: JSON.stringify(read("servers/ask.mjs")),
    });
    const address = await lab.kubectl(
      "-n",
      "kube-system",
      "get",
      "service",
      "slow-dns",
      "-o",
      "jsonpath={.spec.clusterIP}",
    );
    const before = await corefile();
    const zone = `partner.example:53 {\n    errors\n    forward . ${address} {\n        max_concurrent ${AT_ONCE}\n    }\n}\n`;
    await become(`${before}\n${zone}`);
    await lab.kubectl("-n", "kube-system", "wait", "pod/slow-dns", "--for=condition=Ready", "--timeout=50s");
    // CoreDNS knows how long its upstream takes only once it has forwarded some.
    await lab.kubectl("-n", "kube-system", "exec", "slow-dns", "--", "node", "/scripts/ask.mjs");
    return async () => {
      await become(before);
      await lab.kubectl("-n", "kube-system", "delete", "pod/slow-dns", "service/slow-dns", "configmap/slow-dns");
    };

    function corefile(): Promise<string> {
      return lab.kubectl("-n", "kube-system", "get", "configmap", "coredns", "-o", "jsonpath={.data.Corefile}");
    }

    async function become(text: string): Promise<void> {
      const patch = JSON.stringify({ data: { Corefile: text } });
      await lab.kubectl("-n", "kube-system", "patch", "configmap", "coredns", "--type=merge", "-p", patch);
      await lab.kubectl("-n", "kube-system", "rollout", "restart", "deployment/coredns");
      await lab.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=50s");
    }
  },
};
