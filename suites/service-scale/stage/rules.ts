/** What of kube-proxy's rules stands on a node, as its agent reads it. */
import { z } from "zod";
import { EnvironmentError } from "../../../runner/errors.ts";
import { readDocument } from "../../../runner/json-document.ts";
import type { Agents } from "../../../runner/probes/agents.ts";

const addresses = z.array(z.string());
const Census = z.object({
  mode: z.enum(["iptables", "nftables", "both", "none"]),
  rules: z.number(),
  natServices: addresses,
  filterServices: addresses,
  mapServices: addresses,
  deadServices: addresses,
});
const Cost = z.object({
  process: z.object({ rssBytes: z.number(), cpuMs: z.number() }).nullable(),
  noProcess: z.string().optional(),
  metrics: z.string().nullable(),
  noMetrics: z.string().optional(),
  softirqMs: z.number().nullable(),
  atUnixMs: z.number(),
  ipvsServices: addresses.nullable(),
  legacyTables: addresses.nullable(),
});

export type RuleCensus = Omit<z.infer<typeof Census>, "mode"> & {
  readonly mode: "iptables" | "nftables" | "ipvs" | "both" | "none";
  readonly ipvsServices: readonly string[];
};
export type ProxyCost = z.infer<typeof Cost>;

export async function readProxyCost(agents: Agents, node: string): Promise<ProxyCost> {
  const output = await agents.run(node, ["proxy-cost"], { repeatable: true });
  return readDocument(`agent proxy-cost on node ${node}`, output, Cost);
}

export async function readRules(agents: Agents, node: string): Promise<RuleCensus> {
  const output = await agents.run(node, ["service-rules"], { repeatable: true });
  const census = readDocument(`agent service-rules on node ${node}`, output, Census);
  if (census.mode === "nftables" || census.natServices.some((address) => address !== "")) {
    return { ...census, ipvsServices: [] };
  }
  // IPVS keeps Services in a table of its own, and a few rules beside it.
  const { ipvsServices, legacyTables } = await readProxyCost(agents, node);
  if (ipvsServices && ipvsServices.length > 0) return { ...census, mode: "ipvs", ipvsServices };
  if (census.mode === "none" && legacyTables?.includes("nat"))
    throw new EnvironmentError(
      `node ${node} keeps its rules in iptables' own tables (iptables-legacy), which can't be counted: this suite needs iptables over nf_tables, nftables or IPVS`,
    );
  return { ...census, ipvsServices: [] };
}
