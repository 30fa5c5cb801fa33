/** All that tunings could leave behind: what must be equal before and after. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { execa } from "execa";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { type SysctlPlace, sysctls } from "../../../runner/probes/sysctl.ts";
import type { PodPlace } from "../../../runner/tunings/read-back.ts";
import { SHARED_LAB } from "../names.ts";

export interface Dumped {
  readonly cluster: Cluster;
  readonly agents: Agents;
  readonly keys: readonly string[];
  /** The user's: what is looked at beside the cluster's own. */
  readonly namespace: string;
  /** Live pods of the user's workload. */
  readonly pods: readonly PodPlace[];
}

type Dump = Readonly<Record<string, unknown>>;

export async function dump(of: Dumped): Promise<Dump> {
  const parts = await Promise.all([sysctlValues(of), objects(of), nodeAddresses(of.agents)]);
  return Object.assign({}, ...parts, sysctlFiles());
}

/** On each node, in its kernel, and in whichever pods the workload has now. */
async function sysctlValues({ agents, pods, keys }: Dumped): Promise<Dump> {
  const answers = await Promise.all(
    agents.nodes.map(async (node) => {
      const places: SysctlPlace[] = ["kernel", "node"];
      for (const pod of pods) if (pod.node === node) places.push(`pod:${pod.uid}`);
      const requests = places.flatMap((place) => keys.map((key) => ({ key, in: place })));
      return (await sysctls(agents, node, requests)).map((answer) => ({ node, ...answer }));
    }),
  );
  const values: Record<string, string | null> = {};
  const inPods = new Map<string, Set<string | null>>();
  for (const { node, key, in: place, got, before } of answers.flat()) {
    const value = got ?? before;
    if (place === "kernel" || place === "node") values[`${node} ${place} ${key}`] = value;
    else inPods.set(`pods ${key}`, (inPods.get(`pods ${key}`) ?? new Set()).add(value));
  }
  return { ...values, ...Object.fromEntries([...inPods].map(([key, each]) => [key, [...each].sort()])) };
}

/** Specs of what runs in the cluster's own namespace and in the user's, who owns the user's fields, and the cluster's configuration. */
async function objects({ cluster: { apps, core }, namespace: own }: Dumped): Promise<Dump> {
  const lists = await Promise.all(
    ["kube-system", "default", own].map(async (namespace) => {
      const [deployments, daemonSets, services, configMaps] = await Promise.all([
        apps.listNamespacedDeployment({ namespace }),
        apps.listNamespacedDaemonSet({ namespace }),
        core.listNamespacedService({ namespace }),
        core.listNamespacedConfigMap({ namespace }),
      ]);
      const named = (kind: string, name: string | undefined) => `${namespace}/${kind}/${name}`;
      return [
        ...deployments.items.map(({ metadata, spec }) => [named("Deployment", metadata?.name), spec] as const),
        ...daemonSets.items.map(({ metadata, spec }) => [named("DaemonSet", metadata?.name), spec] as const),
        ...services.items.map(({ metadata, spec }) => [named("Service", metadata?.name), spec] as const),
        ...configMaps.items.map(({ metadata, data }) => [named("ConfigMap", metadata?.name), data] as const),
        ...deployments.items.map(({ metadata }) => [
          named("owners of Deployment", metadata?.name),
          // Its controller's own entry is about what it did meanwhile.
          (metadata?.managedFields ?? []).flatMap(({ manager = "" }) =>
            manager === "kube-controller-manager" ? [] : [manager],
          ),
        ]),
      ];
    }),
  );
  return Object.fromEntries(lists.flat());
}

/** Those of IPv4: addresses that Linux makes of a device's own come and go with pods. */
async function nodeAddresses({ nodes }: Agents): Promise<Dump> {
  const found = nodes.map(async (node, index) => {
    const { stdout } = await execa("ip", ["-n", `pw-${SHARED_LAB}-node${index + 1}`, "-4", "-o", "addr"]);
    const addresses = [...stdout.matchAll(/inet (\S+)/g)].map(([, address]) => address);
    return [`addresses of ${node}`, [...new Set(addresses)].sort()] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Nodes of a lab have this machine's files. */
function sysctlFiles(): Dump {
  const folder = "/etc/sysctl.d";
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return { [folder]: names.map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]) };
}
