/** What is said while a rehearsal runs. Pure. */
import type { Guards } from "../../analysis/rehearsal/guards.ts";
import type { RehearsedSecond, RehearsedStage } from "../../result/rehearsal.ts";

export function stageWords(kind: RehearsedStage["kind"], ratePerSecond: number, durationS: number): string {
  const rate = `${readable(ratePerSecond)}/s`;
  return kind === "day" ? `The day, up to ${rate}, ${durationS} s` : `Search at ${rate}, ${durationS} s`;
}

/** One line of a live view; what was not seen is said to be so. */
export function secondWords({ atS, load, drops, fill }: RehearsedSecond, guards: Guards): string {
  const parts = [
    `${atS + 1} s`,
    load === null ? "load not seen" : `${load.ended}/s${toldWords(load)}`,
    load === null || load.p99Ms === null ? "p99 –" : `p99 ${readable(load.p99Ms)} ms`,
    load === null ? "failed ?" : `failed ${load.failed}`,
    drops === null ? "drops not seen" : `drops ${drops}`,
    fill === null ? null : `table ${Math.round(fill * 100)} %`,
    ...guards
      .states()
      .map(({ slo, spent }) => `${slo} ${spent === null ? "?" : `${Math.round(Math.max(0, 1 - spent) * 100)} %`} left`),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

function toldWords({ toldShare }: NonNullable<RehearsedSecond["load"]>): string {
  return toldShare === 1 ? "" : ` (of ${readable(100 * toldShare)} % of the workers)`;
}

function readable(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** "A rollout, the loss of a node and trouble with DNS" */
export function sentenceList(things: readonly string[]): string {
  const text = things.length < 2 ? things.join("") : `${things.slice(0, -1).join(", ")} and ${things.at(-1)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
