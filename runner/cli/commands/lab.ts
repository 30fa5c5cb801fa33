import { type Command, InvalidArgumentError, Option } from "commander";
import { EnvironmentError, UsageError } from "../../errors.ts";
import { CNI_NAMES, type CniName } from "../../lab/cni/names.ts";
import type { Lab, LabOptions, LabStatus } from "../../lab/index.ts";
import { abortOnSignals } from "../interrupt.ts";
import { DEFAULT_LAB, labName } from "../lab-name.ts";

interface Named {
  readonly name: string;
}

interface UpOptions extends Named {
  readonly nodes: number;
  readonly proxy?: LabOptions["proxyMode"];
  readonly cni: CniName;
  readonly ciliumConfig?: string;
  readonly ipFamily: NonNullable<LabOptions["ipFamily"]>;
  readonly kubeBinaries?: string;
  readonly kubeletConfig?: string;
  readonly apiPort?: number;
}

/** Late: help and bad input need not wait for what starts processes. */
const theLab = () => import("../../lab/index.ts");
const openProgress = async () => (await import("../terminal-progress.ts")).terminalProgress(process.stderr);

export function addLab(lab: Command): void {
  named(lab.command("up").description("start it (building it first, the first time)"))
    .option("--nodes <n>", "worker nodes", numberBetween(1, 10), 2)
    .addOption(
      new Option("--proxy <mode>", "kube-proxy's mode, iptables if not given; with --cni cilium there is none").choices(
        ["iptables", "nftables"],
      ),
    )
    .addOption(
      new Option("--ip-family <family>", "addresses of nodes, pods and Services: IPv4, or both, one of them first")
        .choices(["ipv4", "dual", "ipv6-first"])
        .default("ipv4"),
    )
    .addOption(
      new Option("--cni <name>", "how pods are connected: direct routes, or Cilium, which replaces kube-proxy too")
        .choices(CNI_NAMES)
        .default(CNI_NAMES[0]),
    )
    .option(
      "--cilium-config <file>",
      "options of Cilium (YAML, as its ConfigMap cilium-config has them), over the lab's own",
    )
    .option("--kube-binaries <dir>", "use the official Kubernetes binaries in this folder instead of building them")
    .option("--kubelet-config <file>", "a KubeletConfiguration to merge over the lab's own")
    .option("--api-port <port>", "loopback port of the API server (default: a free one)", numberBetween(1, 65535))
    .action(up);
  named(lab.command("down").description("stop it and remove all of it")).action(down);
  named(lab.command("status").description("whether it runs"))
    .option("--json", "print one JSON document")
    .action(status);
  named(lab.command("kubeconfig").description("print the path of its kubeconfig")).action(async ({ name }: Named) => {
    process.stdout.write(`${(await running(name)).kubeconfigPath}\n`);
  });
  named(lab.command("kubectl").description("run kubectl against it"))
    .argument("[args...]", "what to pass to kubectl")
    .passThroughOptions()
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[], { name }: Named) => {
      await running(name);
      process.exitCode = await (await theLab()).kubectl(name, args);
    });
}

function named(command: Command): Command {
  return command.option("--name <name>", "name of the lab", labName, DEFAULT_LAB);
}

function numberBetween(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low || value > high)
      throw new InvalidArgumentError(`give a whole number from ${low} to ${high}.`);
    return value;
  };
}

async function running(name: string) {
  const lab = await (await theLab()).findLab(name);
  if (!lab) throw new EnvironmentError(`lab "${name}" is not running; start it with packetwalk lab up`);
  return lab;
}

async function up(options: UpOptions): Promise<void> {
  if (options.cni === "cilium" && options.proxy !== undefined)
    throw new UsageError(
      "--proxy is kube-proxy's mode, and with --cni cilium there is no kube-proxy: leave one of them out",
    );
  if (options.cni !== "cilium" && options.ciliumConfig !== undefined)
    throw new UsageError("--cilium-config goes with --cni cilium");
  const signal = abortOnSignals();
  const progress = await openProgress();
  try {
    const { labUp } = await theLab();
    const lab = await labUp(
      {
        name: options.name,
        nodes: options.nodes,
        proxyMode: options.proxy ?? "iptables",
        ipFamily: options.ipFamily,
        cni: options.cni,
        ...(options.ciliumConfig === undefined ? {} : { ciliumConfigFile: options.ciliumConfig }),
        ...(options.kubeBinaries === undefined ? {} : { kubeBinariesDir: options.kubeBinaries }),
        ...(options.kubeletConfig === undefined ? {} : { kubeletConfigFile: options.kubeletConfig }),
        ...(options.apiPort === undefined ? {} : { apiPort: options.apiPort }),
      },
      progress,
      signal,
    );
    progress.stop();
    process.stdout.write(
      `Lab "${lab.name}" is up: ${lab.nodes.length} nodes, ${networkOf(lab)}.\nkubectl --kubeconfig ${lab.kubeconfigPath} get nodes\n`,
    );
  } finally {
    progress.stop();
  }
}

async function down({ name }: Named): Promise<void> {
  const progress = await openProgress();
  try {
    const { restoreKernelOf } = await import("../restore-interrupted.ts");
    restoreKernelOf(name);
    await (await theLab()).labDown(name, progress);
    progress.stop();
    process.stdout.write(`Lab "${name}" is down.\n`);
  } finally {
    progress.stop();
  }
}

async function status({ name, json }: Named & { json?: boolean }): Promise<void> {
  const current = await (await theLab()).labStatus(name);
  process.stdout.write(json ? `${JSON.stringify(current, null, 2)}\n` : `${inWords(current)}\n`);
}

function networkOf({ network, proxyMode }: Lab): string {
  return proxyMode === "cilium" ? network : `${network}, kube-proxy in ${proxyMode} mode`;
}

function inWords(status: LabStatus): string {
  switch (status.state) {
    case "absent":
      return `Lab "${status.name}" is not running.`;
    case "broken":
      return `Lab "${status.name}" is broken (missing: ${status.missing.join(", ")}); packetwalk lab down removes what is left of it.`;
    case "up":
      return `Lab "${status.name}" is up: Kubernetes ${status.kubernetes}, ${status.lab.nodes.length} nodes, ${networkOf(status.lab)}, API at ${status.apiServer}, since ${status.startedAt}.`;
  }
}
