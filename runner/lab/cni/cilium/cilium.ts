import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiServerUrl, controlPlaneGroup } from "../../boot/control-plane.ts";
import { nodeHasAddress } from "../../boot/objects.ts";
import { waitFor } from "../../boot/wait.ts";
import { writeKubeconfig } from "../../certificates/kubeconfig.ts";
import { primaryRanges } from "../../families.ts";
import { hierarchies, topGroup } from "../../machine/cgroups.ts";
import { command, searchPath } from "../../machine/command.ts";
import { type Launched, launch } from "../../machine/launch.ts";
import { inMountsOf, netnsPath } from "../../machine/namespaces.ts";
import { daemonsGroup, nodeGroup } from "../../node/configuration.ts";
import type { LabFiles } from "../../paths.ts";
import { LabError } from "../../types.ts";
import { checkPodNetwork } from "../check/pod-network.ts";
import type { Ground, LabCni, OnNode, PreparedCni } from "../cni.ts";
import { type CiliumOptions, readCiliumOptions, unknownOption } from "./options.ts";
import { type CiliumPrograms, ciliumPrograms, ciliumVersion } from "./programs.ts";
import { COMPILERS, demandCilium } from "./requirements.ts";

const enterNode = fileURLToPath(new URL("enter-node.sh", import.meta.url));
const DEBIANS_PLUGINS = "/usr/lib/cni";
/** Resources without which no agent comes up; its operator makes them. */
const FIRST_RESOURCES = "/apis/cilium.io/v2/ciliumnodes";
/** Most of it is clang, which each agent runs on its own programs. */
const SLOWEST_MS = 300_000;

/** Pods and Services by Cilium's eBPF, without kube-proxy. Its agents run beside the kubelets, as processes. */
export const cilium: LabCni = {
  name: "cilium",
  leadsServices: "cilium",
  routedByNodes: false,
  // The first can't be taken back before the machine starts again.
  hostSysctls: { "kernel/unprivileged_bpf_disabled": "1", "kernel/timer_migration": "0" },
  slowestMs: SLOWEST_MS,
  hasIpv6: false,
  meetRequirements: demandCilium,
  async prepare(configFile, progress, signal) {
    const options = await readCiliumOptions(configFile);
    const programs = await ciliumPrograms(progress, signal);
    await demandKnown(options, programs, configFile);
    return prepared(options, programs);
  },
};

function prepared(options: CiliumOptions, programs: CiliumPrograms): PreparedCni {
  return {
    about: aboutCilium(options),
    writeNodeFiles: (on) => writePlugins(on, programs),
    startOnce: async (ground, api) => {
      await writeClusterFiles(ground, options, programs);
      await api.apply("/api/v1/namespaces/kube-system/configmaps/cilium-config", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "cilium-config", namespace: "kube-system" },
        data: options,
      });
      const operator = await startOperator(ground, programs);
      await waitFor("Cilium's operator did not register its resources", () => api.answers(FIRST_RESOURCES), {
        components: [operator],
        timeoutMs: SLOWEST_MS,
      });
      return [operator];
    },
    startOnNode: async (on, containerd, api) => {
      // Of a node without addresses an agent finds some by itself.
      const hasAddress = () => nodeHasAddress(api, on.node.name);
      await waitFor(`the kubelet of ${on.node.name} did not register its address`, hasAddress, { components: [] });
      return [await startAgent(on, containerd, programs)];
    },
    check: checkPodNetwork,
  };
}

/** Pure: how packets go, in a few words. */
export function aboutCilium(options: CiliumOptions): string {
  const way = options["routing-mode"] === "native" ? "native routing" : `${options["tunnel-protocol"]} tunnel`;
  const sockets = options["bpf-lb-sock-hostns-only"] === "true" ? "of nodes only" : "of nodes and pods";
  return `Cilium ${ciliumVersion}, ${way}, no kube-proxy; Services by the sockets ${sockets}, on each node in its own cgroup`;
}

async function demandKnown(options: CiliumOptions, programs: CiliumPrograms, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const helps = await Promise.all([programs.agent, programs.operator].map((path) => command(path, ["--help"])));
  const unknown = unknownOption(options, helps);
  if (unknown !== undefined)
    throw new LabError(
      `${file}: ${unknown} is no option of Cilium ${ciliumVersion}'s agent or operator: look for its name in "cilium-agent --help" (${programs.agent})`,
    );
}

/** The folder that containerd looks for plugins in: Debian's, and Cilium's. */
async function writePlugins({ files, node }: OnNode, { plugin }: CiliumPrograms): Promise<string> {
  const folder = join(files.node(node.name).root, "plugins");
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(DEBIANS_PLUGINS)) await symlink(join(DEBIANS_PLUGINS, name), join(folder, name));
  await symlink(plugin, join(folder, "cilium-cni"));
  return folder;
}

function ciliumFiles(files: LabFiles) {
  const root = join(files.root, "cilium");
  return { root, config: join(root, "config"), kubeconfig: join(root, "kubeconfig"), lib: join(root, "lib") };
}

async function writeClusterFiles({ files }: Ground, options: CiliumOptions, programs: CiliumPrograms): Promise<void> {
  const { root, config, kubeconfig, lib } = ciliumFiles(files);
  for (const folder of [config, lib]) await mkdir(folder, { recursive: true });
  // Not used where it is: Go's modules may lie below what a node covers with its own folders.
  await cp(programs.bpfSources, join(lib, "bpf"), { recursive: true });
  await command("chmod", ["-R", "u+w", root]);
  for (const [name, value] of Object.entries(options)) await writeFile(join(config, name), value);
  // As whoever made the lab: what each of its parts may do in the cluster is its chart's affair.
  await writeKubeconfig(kubeconfig, files.pki, {
    server: apiServerUrl(primaryRanges("ipv4")),
    user: "admin",
    context: "cilium",
  });
}

function startOperator({ lab, files }: Ground, { operator }: CiliumPrograms): Promise<Launched> {
  const { config, kubeconfig } = ciliumFiles(files);
  return launch({
    title: "Cilium's operator",
    lab,
    cgroup: controlPlaneGroup,
    logFile: join(files.logs, "cilium-operator.log"),
    command: [
      ...["nsenter", `--net=${netnsPath(lab, "cp")}`, "--"],
      ...[operator, `--config-dir=${config}`, `--k8s-kubeconfig-path=${kubeconfig}`, "--k8s-namespace=kube-system"],
    ],
  });
}

async function startAgent(
  { lab, files, node }: OnNode,
  { pid }: Launched,
  { agent }: CiliumPrograms,
): Promise<Launched> {
  const { config, kubeconfig, lib } = ciliumFiles(files);
  return launch({
    title: `Cilium's agent of ${node.name}`,
    lab,
    cgroup: daemonsGroup(node.name),
    logFile: join(files.logs, `${node.name}-cilium-agent.log`),
    command: [
      ...inMountsOf(pid),
      ...["sh", enterNode, await unifiedGroup(lab, node.name)],
      agent,
      `--config-dir=${config}`,
      `--k8s-kubeconfig-path=${kubeconfig}`,
      "--k8s-namespace=kube-system",
      `--lib-dir=${lib}`,
      "--bpf-root=/sys/fs/bpf",
      "--cgroup-root=/run/cilium/cgroupv2",
      `--write-cni-conf-when-ready=${join(files.node(node.name).cni, "05-cilium.conflist")}`,
      "--cni-exclusive=false",
    ],
    env: { PATH: `${COMPILERS}:${searchPath()}`, K8S_NODE_NAME: node.name, TMPDIR: "/run" },
  });
}

/** The node's group in cgroup v2: all its daemons and pods are in it or below, and nobody else. */
async function unifiedGroup(lab: string, node: string): Promise<string> {
  const unified = (await hierarchies()).find(({ version }) => version === 2);
  if (!unified) throw new LabError("Cilium needs cgroup v2, and this machine has it mounted nowhere");
  return join(unified.mountPoint, topGroup(lab), nodeGroup(node));
}
