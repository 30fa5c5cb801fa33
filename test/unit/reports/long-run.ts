/** A made-up hour's run: as many blocks as a night's, each with histograms, series and samples as a real one has. */
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { Counted } from "../../../runner/result/block.ts";
import type { Arm, Role } from "../../../runner/result/result.ts";
import type { FloodBlockEvidence } from "../../../suites/connection-flood/evidence.ts";
import { fixture, generator } from "./fixture.ts";

const HOUR_MS = 3_600_000;

/** Latencies of one block, in ms, as a histogram of a result. */
export function histogramOf(values: Iterable<number>): string {
  const histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 27 - 1,
    numberOfSignificantValueDigits: 3,
  });
  for (const ms of values) histogram.recordValue(Math.max(1, Math.round(ms * 1000)));
  return encodeIntoCompressedBase64(histogram);
}

/** A body around a millisecond and a long tail. */
function latencies(random: () => number, count: number): number[] {
  return Array.from({ length: count }, () => 0.6 + random() + (random() < 0.02 ? 30 / (0.01 + random()) : 0));
}

function armOf<R extends Role>(arm: Arm<FloodBlockEvidence, R>, blocks: number): Arm<FloodBlockEvidence, R> {
  const counted = arm.blocks.filter((block): block is Counted<FloodBlockEvidence> => block.valid && block.round > 0);
  const own = Array.from({ length: blocks }, (_, i) => {
    const random = generator(1000 * (arm.role === "tuned" ? 2 : 1) + i);
    const like = counted[i % counted.length];
    if (!like) throw new Error("a block expected");
    const startedAt =
      Date.parse(fixture().startedAt) + (HOUR_MS * (2 * i + (arm.role === "tuned" ? 1 : 0))) / blocks / 2;
    const latency = histogramOf(latencies(random, 4000));
    return {
      ...like,
      round: i + 1,
      startedAt: new Date(startedAt).toISOString(),
      stealShare: 0.02 * random(),
      histograms: { latency, connect: latency, firstByte: latency },
    };
  });
  return { ...arm, blocks: own };
}

/** @param blocks of both arms together */
export function longResult(blocks = 240): ReturnType<typeof fixture> {
  const base = fixture();
  const [baseline, tuned] = base.arms;
  return {
    ...base,
    finishedAt: new Date(Date.parse(base.startedAt) + HOUR_MS).toISOString(),
    load: { ...base.load, durationMs: HOUR_MS / blocks - 1000 },
    order: Array.from({ length: blocks }, (_, i) => (i % 2 === 0 ? baseline.name : tuned.name)),
    arms: [armOf(baseline, blocks / 2), armOf(tuned, blocks / 2)],
  };
}
