/** When rollouts began and ended, for the charts of all suites. */
import { drawnBlocks } from "../../../../reports/view/arms.ts";
import { type BlockEvent, eventOf } from "../../../../reports/view/events.ts";
import type { RolloutArmView } from "./rollouts.ts";

/** The nth rollout of a block is the nth of every other one. */
export function rolloutEvents(arm: RolloutArmView): readonly BlockEvent[] {
  const blocks = drawnBlocks(arm).map(({ evidence }) => evidence.rollouts);
  const most = Math.max(0, ...blocks.map((rollouts) => rollouts.length));
  return Array.from({ length: most }, (_, nth) => nth).flatMap((nth) => {
    const own = blocks.flatMap((rollouts) => rollouts[nth] ?? []);
    const [first] = own;
    if (first === undefined) return [];
    const began = eventOf(
      arm,
      first.kind,
      own.map(({ startedAtMs }) => startedAtMs / 1000),
    );
    const ended = eventOf(
      arm,
      `${first.kind} done`,
      own.flatMap(({ finishedAtMs }) => (finishedAtMs === null ? [] : [finishedAtMs / 1000])),
    );
    return [began, ended].filter((event) => event !== null);
  });
}
