import type { Stage } from "../experiment/stage.ts";
import type { HttpTrialRequest } from "../experiment/trial.ts";
import { type ProveWay, provenOnce } from "../load/first-request.ts";
import { areThere } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { Sysctl } from "../tunings/sysctl.ts";
import { deployWeb, type WebWorkload } from "../workloads/web.ts";

/** What all blocks of a load on the web workload have in common. */
export interface WebLoadStage extends Stage, HttpTrialRequest<Sysctl> {
  readonly web: WebWorkload;
  /** Has a load's pods show, once in the run, that there is a way to the workload. */
  readonly proveWay: ProveWay;
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function openWebLoadStage(request: HttpTrialRequest<Sysctl>, progress: Progress): Promise<WebLoadStage> {
  const { cluster, images, changes, signal } = request;
  const stage = await request.lane.open(progress);
  const web = await progress.step("Web workload", () => deployWeb(cluster, images.web, stage.nodes.open, signal));
  for (const node of areThere(stage.agents) ? stage.agents.nodes : []) {
    changes.record({ change: "conntrack-entries", node, addresses: [...web.addresses] });
  }
  return { ...request, ...stage, web, proveWay: provenOnce() };
}
