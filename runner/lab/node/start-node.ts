import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Binaries } from "../boot/binaries.ts";
import { apiServerUrl } from "../boot/control-plane.ts";
import { waitFor } from "../boot/wait.ts";
import { writeKubeconfig } from "../certificates/kubeconfig.ts";
import type { PreparedCni } from "../cni/cni.ts";
import { command } from "../machine/command.ts";
import { type Launched, launch } from "../machine/launch.ts";
import { inMountsOf, netnsPath } from "../machine/namespaces.ts";
import type { NodeNetwork } from "../network.ts";
import type { LabFiles } from "../paths.ts";
import type { ProxyMode } from "../types.ts";
import { type Configuration, daemonsGroup, kubeletConfiguration, merge, proxyConfiguration } from "./configuration.ts";

const prepareNode = fileURLToPath(new URL("prepare-node.sh", import.meta.url));
const containerdTemplate = fileURLToPath(new URL("containerd.toml", import.meta.url));

export interface NodeSetup {
  lab: string;
  files: LabFiles;
  node: NodeNetwork;
  /** Kube-proxy's; null: another one leads Services, and there is none. */
  proxyMode: ProxyMode | null;
  cni: PreparedCni;
  /** Host-wide sysctls that its daemons set, by their paths below /proc/sys: they find and write copies of the node's own. */
  hostSysctls: Readonly<Record<string, string>>;
  binaries: Binaries;
  kubeletOverrides: Configuration;
  pauseImage: string;
  /** Directories that the node's processes use, wherever they are. */
  keep: readonly string[];
  restrictOomScore: boolean;
  snapshotter: "overlayfs" | "native";
}

/** Starts a node's containerd in namespaces of its own, ready for images; needs no API server. */
export async function startContainerd(setup: NodeSetup): Promise<Launched> {
  const { lab, node, files } = setup;
  const paths = files.node(node.name);
  await writeNodeFiles(setup);
  const containerd = await launch({
    title: `containerd of ${node.name}`,
    lab,
    cgroup: daemonsGroup(node.name),
    logFile: join(files.logs, `${node.name}-containerd.log`),
    command: [
      ...["nsenter", `--net=${netnsPath(lab, node.name)}`, "--"],
      ...["unshare", "--mount", "--uts", "--propagation=private", "--"],
      ...["sh", prepareNode, "containerd", `--config=${paths.containerdConfig}`],
    ],
    env: {
      NODE: node.name,
      LIB: paths.lib,
      LOG: paths.log,
      SYSCTLS: paths.sysctls,
      KEEP: setup.keep.join("\n"),
      TMPDIR: "/run",
    },
  });
  const socket = `/proc/${containerd.pid}/root/run/containerd/containerd.sock`;
  const isThere = () =>
    access(socket).then(
      () => true,
      () => false,
    );
  await waitFor(`containerd of ${node.name} did not get ready`, isThere, { components: [containerd] });
  return containerd;
}

/** Starts the kubelet, and kube-proxy if there is one, beside a node's containerd; the API server must be ready. */
export async function startKubelet(setup: NodeSetup, containerd: Launched): Promise<Launched[]> {
  const { lab, node, files, binaries } = setup;
  const paths = files.node(node.name);
  const start = (name: string, args: readonly string[]) =>
    launch({
      title: `${name} of ${node.name}`,
      lab,
      cgroup: daemonsGroup(node.name),
      logFile: join(files.logs, `${node.name}-${name}.log`),
      command: [...inMountsOf(containerd.pid), join(binaries.kubernetes, name), ...args],
      env: { TMPDIR: "/run" },
    });
  return Promise.all([
    start("kubelet", [
      `--config=${paths.kubeletConfig}`,
      `--kubeconfig=${paths.kubeletKubeconfig}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.addresses.map(({ address }) => address).join(",")}`,
    ]),
    ...(setup.proxyMode === null ? [] : [start("kube-proxy", [`--config=${paths.proxyConfig}`])]),
  ]);
}

/** Imports an OCI archive into the node's containerd. */
export async function importImage(containerdPid: number, archive: string): Promise<void> {
  await command("nsenter", [...inMountsOf(containerdPid).slice(1), "ctr", "-n", "k8s.io", "images", "import", archive]);
}

async function writeNodeFiles(setup: NodeSetup): Promise<void> {
  const { lab, node, files } = setup;
  const paths = files.node(node.name);
  for (const directory of [paths.lib, paths.log, paths.cni, paths.sysctls]) await mkdir(directory, { recursive: true });
  const [template, plugins] = await Promise.all([
    readFile(containerdTemplate, "utf8"),
    setup.cni.writeNodeFiles({ lab, files, node }, paths.cni),
  ]);
  const values: Record<string, string> = {
    PAUSE_IMAGE: setup.pauseImage,
    RESTRICT_OOM_SCORE_ADJ: String(setup.restrictOomScore),
    SNAPSHOTTER: setup.snapshotter,
    CNI_BIN_DIR: plugins,
    CNI_CONF_DIR: paths.cni,
  };
  const server = apiServerUrl(node.addresses[0].ranges);
  const kubelet = merge(kubeletConfiguration(lab, node, files.pki, paths.resolvConf), setup.kubeletOverrides);
  const json = (value: Configuration) => `${JSON.stringify(value, undefined, 2)}\n`;
  await Promise.all([
    writeFile(
      paths.containerdConfig,
      template.replace(/{{(\w+)}}/g, (_, name: string) => values[name] ?? ""),
    ),
    writeFile(paths.kubeletConfig, json(kubelet)),
    ...(setup.proxyMode === null
      ? []
      : [writeFile(paths.proxyConfig, json(proxyConfiguration(node, setup.proxyMode, paths.proxyKubeconfig)))]),
    // No name server: nothing outside the lab can be reached, and pods that don't use cluster DNS are to hear so at once.
    writeFile(paths.resolvConf, "# The lab has no way out, so no name server either.\n"),
    writeKubeconfig(paths.kubeletKubeconfig, files.pki, {
      server,
      user: `kubelet-${node.name}`,
      context: "kubelet",
    }),
    writeKubeconfig(paths.proxyKubeconfig, files.pki, { server, user: "proxy", context: "kube-proxy" }),
    ...Object.entries(setup.hostSysctls).map(async ([path, value]) => {
      await mkdir(join(paths.sysctls, path, ".."), { recursive: true });
      await writeFile(join(paths.sysctls, path), `${value}\n`);
    }),
  ]);
}
