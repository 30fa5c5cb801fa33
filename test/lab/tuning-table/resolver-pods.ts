/** Pods with the DNS that a tuning gives them, and what their resolvers are left with. */
import { readFileSync } from "node:fs";
import type { V1Pod } from "@kubernetes/client-node";
import { parse } from "yaml";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { AGENT, programPath } from "../../../runner/delivery/programs.ts";
import type { AskedName } from "../../../suites/dns-storm/analysis/names.ts";
import { ResolverReport } from "../../../suites/dns-storm/evidence.ts";
import type { PodDns } from "../../../suites/dns-storm/stage/clients.ts";

/** A pod with the lookups' programs; resolves to its name when it runs. */
export async function resolverPod(
  cluster: Cluster,
  delivery: Delivery,
  { name, image, dns }: { readonly name: string; readonly image: string; readonly dns: PodDns },
): Promise<string> {
  const pod: V1Pod = parse(readFileSync(new URL("../fixtures/resolver.yaml", import.meta.url), "utf8"));
  const [container] = pod.spec?.containers ?? [];
  if (!pod.spec || !container) throw new Error("the fixture has no container");
  pod.metadata = { ...pod.metadata, name };
  container.image = image;
  Object.assign(pod.spec, dns);
  await delivery.equip(pod.spec, ["agent", "lookup-glibc"]);
  const { namespace } = cluster;
  await cluster.core.createNamespacedPod({ namespace, body: pod });
  const isRunning = async () => {
    const { status } = await cluster.core.readNamespacedPod({ namespace, name });
    return status?.phase === "Running" ? true : undefined;
  };
  await waitFor(`pod ${name}`, isRunning, { timeoutMs: 120_000 });
  return name;
}

/** What it found to resolve with, and the names that it asked for. */
export async function lookedUp(cluster: Cluster, pod: string, names: readonly AskedName[]) {
  const at = { namespace: cluster.namespace, pod, container: "resolver" };
  const how = ["--count", "--helper", programPath("lookup-glibc"), "--resolver", "glibc"];
  const stdin = `${names.map((name) => JSON.stringify({ ...name, times: 1 })).join("\n")}\n\n`;
  const { stdout, stderr } = await execInPod(cluster, at, [AGENT, "lookups", ...how], { stdin, timeoutMs: 60_000 });
  if (stderr !== "") throw new Error(stderr);
  const Found = ResolverReport.pick({ resolvConf: true, lookups: true });
  const found = stdout
    .trim()
    .split("\n")
    .map((line) => Found.parse(JSON.parse(line)));
  return {
    resolvConf: found[0]?.resolvConf ?? "",
    names: found.flatMap(({ lookups }) => lookups.map(({ name }) => name)),
  };
}
