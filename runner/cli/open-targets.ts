import { reasonOf } from "../errors.ts";
import type { Progress } from "../progress.ts";
import type { Experiment } from "./compare-plan.ts";
import { type OpenTarget, openTarget } from "./open-target.ts";
import { siteProgress } from "./site-progress.ts";
import { allSites, mapSites, type Sites } from "./sites.ts";
import { assertTwoClusters } from "./two-clusters.ts";

/** A cluster that is open, and by which options. */
export interface OpenedSite {
  readonly options: Experiment;
  readonly target: OpenTarget;
}

type Open = typeof openTarget;

/**
 * All, or none: what was opened before one that can't be is let go of.
 * @throws UsageError where two names lead to one cluster
 */
export async function openTargets(
  sites: Sites<Experiment>,
  progress: Progress,
  signal: AbortSignal,
  open: Open = openTarget,
): Promise<Sites<OpenedSite>> {
  const opened: OpenTarget[] = [];
  try {
    const targets = await mapSites(sites, async (options, role) => {
      const target = await open(options, siteProgress(progress, role), signal);
      opened.push(target);
      return { options, target };
    });
    if (targets.clusters === "two") assertTwoClusters(targets.baseline.target, targets.tuned.target);
    return targets;
  } catch (error) {
    await releaseAll(opened, progress);
    throw error;
  }
}

export function releaseTargets(targets: Sites<OpenedSite>, progress: Progress): Promise<void> {
  return releaseAll(
    allSites(targets).map(({ target }) => target),
    progress,
  );
}

/** Whatever becomes of one, the others are let go of as well. */
export async function releaseAll(targets: readonly Pick<OpenTarget, "release">[], progress: Progress): Promise<void> {
  for (const target of targets)
    await target
      .release(progress)
      .catch((left: unknown) => progress.note(`The target could not be let go of: ${reasonOf(left)}`));
}
