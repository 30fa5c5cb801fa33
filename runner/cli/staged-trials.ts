import { alone, armLane, oneLane, twoLanes } from "../experiment/lanes.ts";
import { assertSameTask } from "../experiment/same-task.ts";
import type { Lane } from "../experiment/stage.ts";
import type { Suite } from "../experiment/suite.ts";
import type { Trial, TrialRequest, Trials } from "../experiment/trial.ts";
import type { HttpEngine } from "../load/engines/engine.ts";
import { type Progress, silent } from "../progress.ts";
import type { Role } from "../result/result.ts";
import type { Target } from "../result/target.ts";
import type { Sites } from "./sites.ts";

interface Chosen {
  readonly suite: Pick<Suite, "load">;
  /** The user's choice; undefined: the suite's own. */
  readonly engine: HttpEngine | undefined;
  /** Both arms run at the same time, if they are on one cluster. */
  readonly duet: boolean;
}

type LanelessRequest = Omit<TrialRequest, "lane">;

/** A cluster on which a trial is staged. */
export interface StagingSite {
  readonly request: LanelessRequest;
  readonly facts: Target;
  readonly progress: Progress;
}

/** The suite's trial, or its two, standing on the target, or on the two. */
export function stagedTrials(chosen: Chosen, sites: Sites<StagingSite>): Promise<Trials> {
  return sites.clusters === "one" ? onOne(chosen, sites.both) : onTwo(chosen, sites);
}

async function onOne(chosen: Chosen, { request, progress }: StagingSite): Promise<Trials> {
  if (!chosen.duet) return { way: "in-turn", trial: await staged(chosen, request, oneLane(request), progress) };
  const { lanes, together } = twoLanes(request);
  // Both do the same: who watches need not read it twice.
  const [baseline, tuned] = await together([
    () => staged(chosen, request, lanes.baseline, progress),
    () => staged(chosen, request, lanes.tuned, silent),
  ]);
  if (!baseline || !tuned) throw new Error("a lane has no trial");
  return { way: "side-by-side", trials: { baseline, tuned }, together };
}

async function onTwo(chosen: Chosen, sites: Readonly<Record<Role, StagingSite>>): Promise<Trials> {
  const begun: Trial[] = [];
  const stagedFor = async (role: Role) => {
    const { request: all, progress } = sites[role];
    const request = { ...all, arms: alone(all.arms, role) };
    const trial = await staged(chosen, request, armLane(request, role), progress);
    begun.push(trial);
    return trial;
  };
  try {
    const baseline = await stagedFor("baseline");
    const tuned = await stagedFor("tuned");
    assertSameTask(baseline, tuned);
    return { way: "two-clusters", trials: { baseline, tuned }, tunedTarget: sites.tuned.facts };
  } catch (error) {
    // Whoever asked for them gets none to clear.
    await Promise.allSettled(begun.map((trial) => trial.clear?.()));
    throw error;
  }
}

async function staged(
  { suite: { load }, engine }: Chosen,
  laneless: LanelessRequest,
  lane: Lane,
  progress: Progress,
): Promise<Trial> {
  const request: TrialRequest = { ...laneless, lane, cluster: lane.cluster };
  if (load.kind === "own") return (await load.open()).stage(request, progress);
  const chosen = engine ?? load.engine;
  const loadImage = await request.image(chosen.image);
  return (await load.open()).stage({ ...request, engine: chosen, needs: load.needs, loadImage }, progress);
}
