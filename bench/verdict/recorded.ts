/** Blocks of a real A/A run on the lab, drawn again and again. */
import { readFileSync } from "node:fs";
import { kernelDrops } from "../../runner/analysis/counters.ts";
import { failuresOf } from "../../runner/analysis/metrics.ts";
import { parseBlocks } from "../../runner/result/blocks-document.ts";
import { floodJudging } from "../../suites/connection-flood/judging.ts";
import type { Drawn, Weather } from "./weather.ts";

const FILE = new URL("../../test/fixtures/connection-flood-aa.json", import.meta.url);

export function recorded(): Weather {
  const { arms } = parseBlocks(JSON.parse(readFileSync(FILE, "utf8")), floodJudging.evidence);
  const drawn = arms
    .flatMap(({ blocks }) => [...blocks])
    .map(
      (block): Drawn => ({
        p99Ms: block.okLatencyMs?.p99 ?? 0,
        failures: failuresOf(block),
        resets: 0,
        drops: kernelDrops(block) ?? 0,
        late: false,
      }),
    );
  return (noise) => () => drawn[Math.floor(noise.uniform() * drawn.length)] as Drawn;
}
