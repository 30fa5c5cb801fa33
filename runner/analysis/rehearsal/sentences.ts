/** What a decision says, in sentences. */
import type { Headroom, RehearsedEvent, RehearsedStage, Slo } from "../../result/rehearsal.ts";
import { lowestOf } from "./headroom.ts";
import type { BrokenSlo } from "./stage-verdict.ts";
import { mostShare } from "./windows.ts";

/** "180/s", "1,240/s", "0.5/s". */
export function rate(perSecond: number): string {
  return `${number(perSecond)}/s`;
}

/** "1.5 ×", never rounded up to what is wanted. */
export function times(factor: number): string {
  return `${twoPlacesDown(factor)} ×`;
}

/** 1.499 times is not the 1.5 that are wanted. */
export function twoPlacesDown(factor: number): number {
  // A product such as 1.15 × 100 may fall short of 115 by its last bit.
  return Math.floor(factor * 100 + 1e-9) / 100;
}

/** "2.3 %"; a share that is not 0 never reads as "0 %". */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

export function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}

/** "12 packets were dropped". */
export function dropped(packets: number): string {
  return packets === 1 ? "1 packet was dropped" : `${number(packets)} packets were dropped`;
}

/** "At 180/s, the expected peak, 2.3 % of requests failed within 10 s; 0.1 % were allowed." */
export function breachSentence(stage: RehearsedStage, broken: BrokenSlo, expectedPeakPerSecond: number): string {
  const { slo, name, worst } = broken;
  const at = where(stage, broken, expectedPeakPerSecond);
  if (slo === null) return `${at}, "${name}" was breached.`;
  return `${at}, ${happened(slo, worst)} within ${slo.windowS} s; ${allowed(slo)}.`;
}

function where(stage: RehearsedStage, { name }: BrokenSlo, expectedPeakPerSecond: number): string {
  const perSecond = stage.breach?.slo === name ? stage.breach.ratePerSecond : stage.ratePerSecond;
  const day = stage.kind === "day" ? " of the rehearsed day" : "";
  return isAbout(perSecond, expectedPeakPerSecond)
    ? `At ${rate(perSecond)}, the expected peak${day}`
    : `At ${rate(perSecond)}${day}`;
}

function isAbout(perSecond: number, expectedPeakPerSecond: number): boolean {
  return Math.abs(perSecond - expectedPeakPerSecond) <= 0.01 * expectedPeakPerSecond;
}

function happened({ kind, most }: Slo, worst: number | null): string {
  switch (kind) {
    case "failed-share":
      return `${worst === null ? "too many" : percent(worst)} of requests failed`;
    case "status-5xx-share":
      return `${worst === null ? "too many" : percent(worst)} of requests were answered with a 5xx status`;
    case "latency-p99-ms":
      return `${worst === null ? "too many" : percent(worst)} of requests failed or took longer than ${number(most)} ms`;
    case "drops":
      return worst === null ? "packets were dropped" : dropped(worst);
  }
}

function allowed(slo: Slo): string {
  const { kind, most, budget } = slo;
  const limit =
    kind === "drops"
      ? most === 0
        ? "none was allowed"
        : `${number(most)} were allowed`
      : kind === "latency-p99-ms"
        ? `${percent(mostShare(slo))} was allowed`
        : `${most === 0 ? "none" : percent(most)} were allowed`;
  return budget === 0 ? limit : `${limit}, but for ${percent(budget)} of the time`;
}

/** What of an event did not go as planned; null: it all did. */
export function eventSentence({ name, trouble, startedAfterS, endedAfterS }: RehearsedEvent): string | null {
  if (trouble !== null) return `Event "${name}" had trouble: ${withoutStop(trouble)}.`;
  if (startedAfterS === null) return `Event "${name}" did not begin.`;
  return endedAfterS === null ? `Event "${name}" did not end.` : null;
}

/** "By the model, node worker-1 takes 240/s (entries of the connection table); 270/s are wanted." */
export function shortSentence(row: Headroom, wantedPerSecond: number): string {
  const lowest = lowestOf(row) ?? 0;
  const how = row.measuredPerSecond === lowest ? "By how it filled" : "By the model";
  return `${how}, ${row.where} takes ${rate(lowest)} (${row.of}); ${rate(wantedPerSecond)} are wanted.`;
}

export function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}
