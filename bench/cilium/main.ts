/**
 * npm run bench:cilium: does the lab with Cilium start, connect its pods, and leave nothing, taken down in order and after
 * a crash of all of it? Its first run builds Cilium, which is why no test does this.
 */
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { abortOnSignals } from "../../runner/cli/interrupt.ts";
import { labName } from "../../runner/cli/lab-name.ts";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { openCluster } from "../../runner/cluster/cluster.ts";
import { readTargetFacts } from "../../runner/cluster/facts.ts";
import { loadKubeconfig } from "../../runner/cluster/kubeconfig.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import { type Lab, labDown, labUp } from "../../runner/lab/index.ts";
import { killLabProcesses } from "../../runner/lab/machine/processes.ts";
import type { Progress } from "../../runner/progress.ts";
import { labsOnThisMachine, leftovers, machineSnapshot } from "../../test/support/machine-snapshot.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { ciliumInKernel } from "./bpf.ts";

interface Options {
  lab: string;
  json: boolean;
  ciliumConfig?: string;
}

/** What one start and end of the lab showed. */
interface Life {
  readonly ended: "in order" | "killed";
  readonly upSeconds: number;
  readonly network: string;
  /** As its API tells, without what the lab knows of itself. */
  readonly proxyMode: string;
  readonly inKernel: number;
  /** What was not there before it. */
  readonly left: readonly string[];
}

const options = benchCommand(
  "bench:cilium",
  "Start a lab with Cilium, look whether it connects its pods, and what it leaves",
)
  .option("--json", "print what was found as JSON", false)
  .option("--lab <name>", "name of the lab that is started for it, and taken down", labName, "cilium")
  .option("--cilium-config <file>", "options of Cilium, as lab up takes them")
  .parse()
  .opts<Options>();

await endWith("bench:cilium", () => main(options));

async function main({ lab, json, ciliumConfig }: Options): Promise<number> {
  if (process.getuid?.() !== 0) throw new EnvironmentError("the bench needs root, for a lab of its own");
  const progress = terminalProgress(process.stderr);
  const signal = abortOnSignals();
  const lives: Life[] = [];
  try {
    await labDown(lab, progress);
    const strangers = await ciliumInKernel();
    if (strangers.length > 0)
      throw new EnvironmentError(
        `another Cilium is in this kernel (${strangers[0]}): the bench could not tell whose is left`,
      );
    for (const ended of ["in order", "killed"] as const)
      lives.push(await life(lab, ciliumConfig, ended, progress, signal));
  } finally {
    await labDown(lab, progress);
    progress.stop();
  }
  for (const each of lives) {
    const left = each.left.length === 0 ? "left nothing" : `left: ${each.left.join("; ")}`;
    if (!json)
      process.stdout.write(
        `${each.ended}: up in ${each.upSeconds} s (${each.network}; Services by ${each.proxyMode}), ${each.inKernel} BPF maps and programs, ${left}\n`,
      );
  }
  if (json) process.stdout.write(`${JSON.stringify({ lives }, null, 2)}\n`);
  return lives.every(({ left, proxyMode }) => left.length === 0 && proxyMode === "cilium")
    ? EXIT.passed
    : EXIT.gateFailed;
}

/** The start itself checks addresses, MTU, and the ways between nodes, pods and Services; it fails where one is not there. */
async function life(
  name: string,
  ciliumConfig: string | undefined,
  ended: Life["ended"],
  progress: Progress,
  signal: AbortSignal,
): Promise<Life> {
  // Of each life: what else is on the machine comes and goes too.
  const before = await machineSnapshot(await labsOnThisMachine());
  const startedMs = performance.now();
  const file = ciliumConfig === undefined ? {} : { ciliumConfigFile: ciliumConfig };
  const lab = await labUp({ name, nodes: 2, proxyMode: "iptables", cni: "cilium", ...file }, progress, signal);
  const upSeconds = Math.round((performance.now() - startedMs) / 1000);
  const proxyMode = await proxyModeByApi(lab, signal);
  const inKernel = (await ciliumInKernel()).length;
  if (ended === "killed") await killLabProcesses(name, () => {});
  await labDown(name, progress);
  const left = [...(await leftovers(before)), ...(await ciliumInKernel()).map((each) => `BPF: ${each}`)];
  return { ended, upSeconds, network: lab.network, proxyMode, inKernel, left };
}

async function proxyModeByApi(lab: Lab, signal: AbortSignal): Promise<string> {
  const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined), signal);
  return (await readTargetFacts(cluster, "lab", {}, {})).proxyMode;
}
