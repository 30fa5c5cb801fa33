import { parse } from "yaml";
import { z } from "zod";
import { apiReason, type Cluster, isNotFound } from "../../cluster/cluster.ts";
import { PROXY_CONFIG_MAPS, replacedByCilium } from "../../cluster/platform.ts";
import type { ProxyFacts } from "../state.ts";
import { secondsOf } from "./duration.ts";

const duration = z.union([z.string(), z.number()]).nullish();
const number = z.number().nullish();
const KubeProxyConfiguration = z.object({
  mode: z.string().nullish(),
  conntrack: z
    .object({
      maxPerCore: number,
      min: number,
      tcpEstablishedTimeout: duration,
      tcpCloseWaitTimeout: duration,
    })
    .nullish(),
});

const NAMESPACE = "kube-system";

/** @throws Error in words that say why it is not known */
export async function readProxy(cluster: Cluster, counted: () => void): Promise<ProxyFacts> {
  const data = async (name: string) => {
    counted();
    return (await cluster.core.readNamespacedConfigMap({ name, namespace: NAMESPACE })).data ?? {};
  };
  const cilium = await data("cilium-config").catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (cilium && replacedByCilium(cilium)) {
    return {
      kind: "replaced",
      by: "Cilium",
      readFrom: `ConfigMap ${NAMESPACE}/cilium-config, kube-proxy-replacement: ${cilium["kube-proxy-replacement"]}`,
    };
  }
  for (const { name, key } of PROXY_CONFIG_MAPS) {
    try {
      const text = (await data(name))[key];
      if (text !== undefined) return proxyFacts(text, `ConfigMap ${NAMESPACE}/${name}`);
    } catch (error) {
      if (!isNotFound(error)) throw new Error(apiReason(error));
    }
  }
  throw new Error(
    `no ConfigMap of kube-proxy (${PROXY_CONFIG_MAPS.map(({ name }) => name).join(", ")}) in ${NAMESPACE}`,
  );
}

/** @throws Error if it is none */
export function proxyFacts(text: string, readFrom: string): ProxyFacts {
  const read = KubeProxyConfiguration.safeParse(parse(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${readFrom} is not a KubeProxyConfiguration: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { mode, conntrack } = read.data;
  return {
    kind: "kube-proxy",
    readFrom,
    mode: mode || "iptables",
    conntrack: { maxPerCore: conntrack?.maxPerCore ?? null, min: conntrack?.min ?? null },
    establishedS: secondsOf(conntrack?.tcpEstablishedTimeout),
    closeWaitS: secondsOf(conntrack?.tcpCloseWaitTimeout),
  };
}
