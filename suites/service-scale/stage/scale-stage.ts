import { EnvironmentError } from "../../../runner/errors.ts";
import type { ArmPair, ArmPlan } from "../../../runner/experiment/arms.ts";
import type { HttpTrialRequest } from "../../../runner/experiment/trial.ts";
import { assertIpv4 } from "../../../runner/preflight/first-family.ts";
import { type Agents, demandAgents } from "../../../runner/probes/agents.ts";
import type { Progress } from "../../../runner/progress.ts";
import { isSysctl, type Sysctl } from "../../../runner/tunings/sysctl.ts";
import { openWebLoadStage, type WebLoadStage } from "../../../runner/web-load/stage.ts";
import { LADDERS, type Ladder } from "../ladder.ts";
import { SCALE_NEEDS } from "../needs.ts";
import type { ScaleOptions } from "../options.ts";
import type { Variant } from "../result/variants.ts";
import { modeOf, type ScaleTuning } from "../tunings.ts";
import { type Population, population } from "./population.ts";
import { readRules } from "./rules.ts";
import { type Switching, switching } from "./switching.ts";

export type ScaleRequest = HttpTrialRequest<ScaleTuning, ScaleOptions>;

/** What all blocks of a run have in common. */
export interface ScaleStage {
  readonly web: WebLoadStage;
  readonly watching: Agents;
  readonly sizes: Ladder;
  readonly variant: Variant;
  readonly services: Population;
  readonly switching: Switching;
  /** Of changes to the switched Service in a block, there and back. */
  readonly changes: number;
  /** What the load's connections leave in nodes' tables is journalled once for each address. */
  journal(address: string): void;
}

/** Each takes some seconds; both nodes see each. */
const CHANGES = { quick: 1, full: 4 } as const;

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function openScaleStage(request: ScaleRequest, progress: Progress): Promise<ScaleStage> {
  const { options, size, changes, signal } = request;
  const arms: ArmPair<Sysctl> = { baseline: sysctlsOf(request.arms.baseline), tuned: sysctlsOf(request.arms.tuned) };
  const web = await openWebLoadStage({ ...request, arms }, progress);
  const watching = demandAgents(web.agents);
  const [pod] = web.web.pods;
  if (!pod) throw new EnvironmentError("the web workload has no pod");
  assertIpv4(pod, SCALE_NEEDS);
  await assertModes(watching, request.arms);
  const sizes = options.sizes ?? LADDERS[size];
  const variant = options.services ?? "plain";
  const journalled = new Set<string>();
  const common = { cluster: request.cluster, agents: watching, podIp: pod.ip, signal };
  return {
    web,
    watching,
    sizes,
    variant,
    services: population({ ...common, sizes, variant }),
    switching: await progress.step("A Service whose endpoint is switched", () => switching(common)),
    changes: CHANGES[size],
    journal(address) {
      if (journalled.has(address)) return;
      journalled.add(address);
      for (const node of watching.nodes) changes.record({ change: "conntrack-entries", node, addresses: [address] });
    },
  };
}

/** What the stage of the web workload knows of an arm. */
export function sysctlsOf({ name, tunings }: ArmPlan<ScaleTuning>): ArmPlan<Sysctl> {
  return { name, tunings: tunings.filter(isSysctl) };
}

/**
 * The API may not tell the mode, or tell what was configured; what the nodes have in force decides.
 * @throws EnvironmentError where an arm's is another
 */
async function assertModes(agents: Agents, arms: ArmPair<ScaleTuning>): Promise<void> {
  for (const node of agents.nodes) {
    const { mode } = await readRules(agents, node);
    for (const { name, tunings } of [arms.baseline, arms.tuned]) {
      const wanted = modeOf(tunings);
      if (wanted === null || wanted === mode) continue;
      const has = mode === "none" ? "has no rules of kube-proxy" : `has kube-proxy's rules of ${mode}`;
      throw new EnvironmentError(
        `arm ${name} takes kube-proxy in ${wanted} mode, and node ${node} ${has}; name a cluster for each arm with --baseline-context and --tuned-context`,
      );
    }
  }
}
