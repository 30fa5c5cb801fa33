/** Whether a cluster is what the arms take that run there. */
import { EnvironmentError, UsageError } from "../errors.ts";
import type { ArmsTake } from "../experiment/arm-needs.ts";
import type { ProxyMode as LabProxyMode } from "../lab/types.ts";
import { modeWords } from "./arm-labs.ts";

const LAB_MODES: readonly string[] = ["iptables", "nftables"] satisfies LabProxyMode[];
const OTHERS = "name a cluster for each arm with --baseline-context and --tuned-context";

/**
 * In which mode a lab is to be started.
 * @throws UsageError where there is no such lab
 */
export function labMode(takes: ArmsTake | undefined): LabProxyMode {
  if (takes === undefined) return "iptables";
  const { proxy } = takes;
  if (proxy === "iptables" || proxy === "nftables") return proxy;
  throw new UsageError(
    `${modeWords(takes)}, and the lab has ${LAB_MODES.join(" and ")} (ipvs is deprecated since Kubernetes 1.35); ${OTHERS}`,
  );
}

/** @throws EnvironmentError where a lab that is up has another mode */
export function assertLabMode(
  takes: ArmsTake | undefined,
  lab: { readonly name: string; readonly proxyMode: string },
): void {
  if (takes === undefined || lab.proxyMode === labMode(takes)) return;
  throw new EnvironmentError(
    `${modeWords(takes)}, and lab "${lab.name}" is up in ${lab.proxyMode} mode; take it down (packetwalk lab down --name ${lab.name}), or name another with --lab`,
  );
}

/**
 * What the API does not tell the nodes' rules do, once agents are there.
 * @throws EnvironmentError where the cluster is known to have another mode
 */
export function assertClusterMode(takes: ArmsTake | undefined, mode: string, context: string): void {
  if (takes === undefined || UNKNOWN.test(mode) || mode.split(" ")[0] === takes.proxy) return;
  throw new EnvironmentError(`${modeWords(takes)}, and context ${context} has ${mode}; ${OTHERS}`);
}

const UNKNOWN = /^(unknown|not readable)/;
