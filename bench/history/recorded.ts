/** Nights made of the blocks of real quick runs on the lab: each night draws its own five of each arm, and is judged anew. */
import { readFileSync } from "node:fs";
import { MOST_LAG_P99_MS } from "../../runner/analysis/block-validity.ts";
import { evidential } from "../../runner/analysis/blocks.ts";
import { seededUniform } from "../../runner/analysis/random.ts";
import { rejudge } from "../../runner/analysis/verdict/rejudge.ts";
import type { Block } from "../../runner/result/block.ts";
import { parseBlocks } from "../../runner/result/blocks-document.ts";
import type { Result } from "../../runner/result/result.ts";
import { floodJudging } from "../../suites/connection-flood/judging.ts";
import { recordings } from "./recordings.ts";

const fixture = (name: string): Result =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url), "utf8"));

const COMPARED = fixture("connection-flood-recommended.json");
/** Two arms without a setting, which is what the other's baseline is. */
const ALIKE = fixture("connection-flood-aa.json");

const ROUNDS = 5;
const FIRST_NIGHT = Date.UTC(2026, 9, 1, 1);
const DAY_MS = 24 * 3600 * 1000;

/** Of runs on other days, when the machine had more or less to do. */
const recorded = (arm: string) => recordings().filter(({ name }) => name === arm);
const blocksOf = (arms: ReadonlyArray<{ readonly blocks: readonly Block<object>[] }>) =>
  arms.flatMap(({ blocks }) => evidential(blocks));

const UNTUNED = blocksOf([COMPARED.arms[0], ...ALIKE.arms, ...recorded("baseline")]);
const TUNED = blocksOf([COMPARED.arms[1], ...recorded("recommended")]);

/** How many of a night's tuned blocks had lost their settings, and are those of an arm without any. */
export type Lost = (night: number) => number;

/** Whole results, as `compare` would have written them. */
export function recordedNights(seed: number, nights: number, lost: Lost): Result[] {
  const uniform = seededUniform(seed * 7919 + 17);
  const drawn = (pool: readonly Block<object>[], count: number) =>
    Array.from({ length: count }, () => pool[Math.floor(uniform() * pool.length)] as Block<object>);
  return Array.from({ length: nights }, (_, night) =>
    nightOf(night, drawn(UNTUNED, ROUNDS), [...drawn(UNTUNED, lost(night)), ...drawn(TUNED, ROUNDS - lost(night))]),
  );
}

function nightOf(night: number, untuned: readonly Block<object>[], tuned: readonly Block<object>[]): Result {
  const [baseline, recommended] = COMPARED.arms;
  const inRounds = (blocks: readonly Block<object>[]) =>
    blocks.map((block, at): Block<object> => ({ ...block, round: at + 1 }));
  const began = FIRST_NIGHT + night * DAY_MS;
  const lastedMs = Date.parse(COMPARED.finishedAt) - Date.parse(COMPARED.startedAt);
  const result: Result = {
    ...COMPARED,
    startedAt: new Date(began).toISOString(),
    finishedAt: new Date(began + lastedMs).toISOString(),
    arms: [
      { ...baseline, blocks: inRounds(untuned) },
      { ...recommended, blocks: inRounds(tuned) },
    ],
  };
  const { verdict, why, metrics } = rejudge(floodJudging, parseBlocks(result, floodJudging.evidence), MOST_LAG_P99_MS);
  return { ...result, verdict, why, metrics };
}
