/** Options by which each arm gets a cluster of its own: --baseline-context, --tuned-lab and so on. */
import { type Command, Option } from "commander";
import type { Role } from "../result/result.ts";
import { labName } from "./lab-name.ts";
import type { ClusterOptions } from "./target-options.ts";

/** By the names that commander gives them. */
export interface TwoClusterOptions {
  readonly baselineKubeconfig?: string;
  readonly baselineContext?: string;
  readonly baselineLab?: string;
  readonly tunedKubeconfig?: string;
  readonly tunedContext?: string;
  readonly tunedLab?: string;
}

export const TWO_CLUSTER_OPTIONS = [
  "baselineKubeconfig",
  "baselineContext",
  "baselineLab",
  "tunedKubeconfig",
  "tunedContext",
  "tunedLab",
] as const satisfies readonly (keyof TwoClusterOptions)[];

const ROLES = ["baseline", "tuned"] as const satisfies readonly Role[];

export function addTwoClusterOptions(command: Command): void {
  for (const role of ROLES) {
    const option = (flags: string, what: string) =>
      new Option(`--${role}-${flags}`, what).helpGroup("Options of two clusters, one for each arm:");
    command
      .addOption(option("kubeconfig <file>", `kubeconfig of the ${role} arm's cluster (default: that of --kubeconfig)`))
      .addOption(option("context <name>", `context of the ${role} arm's cluster`))
      .addOption(option("lab <name>", `name of the ${role} arm's lab`).argParser(labName));
  }
}

/** What names one arm's cluster. */
export interface OwnCluster {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly lab: string | undefined;
}

export function ownCluster(options: TwoClusterOptions, role: Role): OwnCluster {
  return role === "baseline"
    ? { kubeconfig: options.baselineKubeconfig, context: options.baselineContext, lab: options.baselineLab }
    : { kubeconfig: options.tunedKubeconfig, context: options.tunedContext, lab: options.tunedLab };
}

export function hasTwoClusters(options: TwoClusterOptions): boolean {
  return ROLES.some((role) => Object.values(ownCluster(options, role)).some((value) => value !== undefined));
}

/** Every file that a command line names. */
export function kubeconfigsOf({
  kubeconfig,
  baselineKubeconfig,
  tunedKubeconfig,
}: TwoClusterOptions & Pick<ClusterOptions, "kubeconfig">): string[] {
  return [kubeconfig, baselineKubeconfig, tunedKubeconfig].flatMap((file) => file ?? []);
}
