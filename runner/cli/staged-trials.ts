import { oneLane, twoLanes } from "../experiment/lanes.ts";
import type { Lane } from "../experiment/stage.ts";
import type { Suite } from "../experiment/suite.ts";
import type { Trial, TrialRequest, Trials } from "../experiment/trial.ts";
import type { HttpEngine } from "../load/engines/engine.ts";
import { type Progress, silent } from "../progress.ts";

interface Chosen {
  readonly suite: Pick<Suite, "load">;
  /** The user's choice; undefined: the suite's own. */
  readonly engine: HttpEngine | undefined;
  /** Both arms run at the same time. */
  readonly duet: boolean;
}

type LanelessRequest = Omit<TrialRequest, "lane">;

/** The suite's trial, or its two, standing on the target. */
export async function stagedTrials(chosen: Chosen, request: LanelessRequest, progress: Progress): Promise<Trials> {
  if (!chosen.duet) return { duet: false, trial: await staged(chosen, request, oneLane(request), progress) };
  const { lanes, together } = twoLanes(request);
  // Both do the same: who watches need not read it twice.
  const [baseline, tuned] = await together([
    () => staged(chosen, request, lanes.baseline, progress),
    () => staged(chosen, request, lanes.tuned, silent),
  ]);
  if (!baseline || !tuned) throw new Error("a lane has no trial");
  return { duet: true, trials: { baseline, tuned }, together };
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
