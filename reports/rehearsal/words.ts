/** What terminal, Markdown and page say alike of a rehearsal. */
import { HOP_IN_SENTENCE } from "../../runner/analysis/rehearsal/hop-words.ts";
import { twoPlacesDown } from "../../runner/analysis/rehearsal/sentences.ts";
import { dropsAmong } from "../../runner/analysis/rehearsal/stage-verdict.ts";
import type {
  BreakingHop,
  DecisionState,
  EventEffect,
  Headroom,
  Rehearsal,
  RehearsalChange,
  RehearsedEvent,
  RehearsedTarget,
  Slo,
  SloKind,
  SloState,
} from "../../runner/result/rehearsal.ts";
import { formatCount, formatDuration, formatQuantity, formatShare, formatTime, plural } from "../view/format.ts";
import { nodeCount, sentence, type Word } from "../view/words.ts";

export const DECISION_WORDS: Readonly<Record<DecisionState, Word>> = {
  go: { word: "GO", sign: "✓" },
  "go-with-conditions": { word: "GO WITH CONDITIONS", sign: "~" },
  "no-go": { word: "NO-GO", sign: "✗" },
  inconclusive: { word: "INCONCLUSIVE", sign: "?" },
  invalid: { word: "INVALID", sign: "!" },
};

export const DECISION_MEANINGS: Readonly<Record<DecisionState, string>> = {
  go: "the expected peak was held, with the headroom that is wanted",
  "go-with-conditions": "a go only once what stands under conditions has been seen to",
  "no-go": "what is expected was not held",
  inconclusive: "not enough was seen to decide; this is not a go",
  invalid: "the rehearsal itself is not evidence; this is not a go",
};

interface HopInWords {
  readonly label: string;
  readonly inSentence: string;
}

/** For people who decide: what it is, rather than what the kernel calls it. Its counter stands beside it. */
export const HOP_WORDS: Readonly<Record<BreakingHop, HopInWords>> = {
  "client-ports": { label: "Client ports", inSentence: HOP_IN_SENTENCE["client-ports"] },
  "client-conntrack": { label: "Client’s connection table", inSentence: HOP_IN_SENTENCE["client-conntrack"] },
  dns: { label: "DNS", inSentence: HOP_IN_SENTENCE.dns },
  "service-dnat": { label: "Service’s connection table", inSentence: HOP_IN_SENTENCE["service-dnat"] },
  overlay: { label: "Overlay network", inSentence: HOP_IN_SENTENCE.overlay },
  softnet: { label: "Receive queue", inSentence: HOP_IN_SENTENCE.softnet },
  "listen-queue": { label: "Listen queue", inSentence: HOP_IN_SENTENCE["listen-queue"] },
  "ingress-upstream": { label: "Ingress to pods", inSentence: HOP_IN_SENTENCE["ingress-upstream"] },
  "terminating-pod": { label: "Pods that go away", inSentence: HOP_IN_SENTENCE["terminating-pod"] },
  target: { label: "The target’s own pods", inSentence: HOP_IN_SENTENCE.target },
};

export const NOT_KNOWN = "not known";

/** "3,200/s" */
export function perSecond(rate: number): string {
  return `${formatQuantity(rate, "")}/s`;
}

export function perSecondOr(rate: number | null, without: string): string {
  return rate === null ? without : perSecond(rate);
}

/** Never rounded up: 1.499 times is not the 1.5 that are wanted. */
export function timesWords(multiple: number): string {
  return `${formatQuantity(twoPlacesDown(multiple), "")} ×`;
}

/** "in 95 s of the day" reads badly, so it is minutes and seconds from there on. */
export function secondsWords(seconds: number): string {
  return seconds < 60 ? formatQuantity(seconds, "s") : formatDuration(seconds * 1000);
}

/** On a clock: "12:05". */
export function clockWords(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The decision's own weightiest reason. */
export function whyWords({ decision }: Rehearsal): string {
  const [first] = decision.because;
  return first === undefined ? "No reason was given for it." : sentence(first);
}

const SLO_WORDS: Readonly<Record<SloKind, string>> = {
  "failed-share": "failed",
  "status-5xx-share": "5xx",
  "latency-p99-ms": "p99",
  drops: "drops",
};

/** "p99 ≤ 250 ms in 10 s" */
export function allowedWords({ kind, most, windowS }: Slo): string {
  return `${SLO_WORDS[kind]} ≤ ${valueWords(kind, most)} in ${secondsWords(windowS)}`;
}

export function budgetWords({ budget }: Slo): string {
  return budget === 0 ? "all of the time" : `all but ${formatShare(budget)} of the time`;
}

export function valueWords(kind: SloKind, value: number | null): string {
  if (value === null) return NOT_KNOWN;
  switch (kind) {
    case "failed-share":
    case "status-5xx-share":
      return formatShare(value);
    case "latency-p99-ms":
      return formatQuantity(value, "ms");
    case "drops":
      return formatCount(value);
  }
}

/** What an SLO's worst window had. Of a p99 it is how much was over it. */
export function worstWords({ kind }: Pick<Slo, "kind">, worst: number | null): string {
  return kind === "latency-p99-ms" && worst !== null ? `${formatShare(worst)} over it` : valueWords(kind, worst);
}

export function spentWords({ spent }: Pick<SloState, "spent">): string {
  return spent === null ? NOT_KNOWN : formatShare(spent);
}

export const HELD_WORDS = {
  yes: { word: "held", sign: "✓" },
  no: { word: "broken", sign: "✗" },
  unknown: { word: NOT_KNOWN, sign: "?" },
} as const;

export function heldWord({ held }: Pick<SloState, "held">): Word {
  return held === null ? HELD_WORDS.unknown : held ? HELD_WORDS.yes : HELD_WORDS.no;
}

/** "✓ held (3 s not seen)" */
export function heldWords(state: SloState): string {
  const { word, sign } = heldWord(state);
  return `${sign} ${word}${unseenWords(state)}`;
}

/** " (3 s not seen)", or nothing. */
export function unseenWords({ unseenS }: SloState): string {
  return unseenS === 0 ? "" : ` (${formatCount(unseenS)} s not seen)`;
}

/** "27 % left", "12 % short" */
export function leftWords({ left }: Pick<Headroom, "left">): string {
  if (left === null) return NOT_KNOWN;
  return left < 0 ? `${formatShare(-left)} short` : `${formatShare(left)} left`;
}

/** "conntrack-time-wait-30: shorten TIME_WAIT" */
export function changeWords({ tuning, words }: Pick<RehearsalChange, "tuning" | "words">): string {
  return tuning === null ? words : `${tuning}: ${words}`;
}

/** What a change buys. */
export function buysWords({ hop, toPerSecond }: Pick<RehearsalChange, "hop" | "toPerSecond">): string {
  const where = HOP_WORDS[hop].inSentence;
  return toPerSecond === null
    ? `for ${where}; how much it buys is not known`
    : `for ${where}, which then takes ${perSecond(toPerSecond)} by the model`;
}

/** Instants of the day at which it began and ended: what is planned for `atS` comes a little later. */
export function spanOf({ atS, startedAfterS, endedAfterS }: RehearsedEvent): {
  readonly startS: number | null;
  readonly endS: number | null;
} {
  return {
    startS: startedAfterS === null ? null : atS + startedAfterS,
    endS: endedAfterS === null ? null : atS + endedAfterS,
  };
}

/** "5:00 roll it (rollout): began at 5:01, over at 5:43" */
export function eventWords(event: RehearsedEvent): string {
  const { startS, endS } = spanOf(event);
  const began = startS === null ? "did not begin" : `began at ${clockWords(startS)}`;
  const ended = startS === null ? "" : endS === null ? ", its end was not seen" : `, over at ${clockWords(endS)}`;
  const did = event.did ? `; ${effectWords(event.did)}` : "";
  const trouble = event.trouble === null ? "" : `; ${event.trouble}`;
  return `${clockWords(event.atS)} ${event.name} (${event.kind}): ${began}${ended}${did}${trouble}`;
}

/** "evicted 5 pods, 2 of them the targets'" */
function effectWords(did: EventEffect): string {
  switch (did.kind) {
    case "evicted":
      return [`evicted ${plural(did.pods, "pod")}${ofTargetsWords(did)}`, ...did.skewed.map(skewWords)].join("; ");
    case "rolled-out":
      return did.ofTargets === null
        ? "whether pods of the targets came anew is not known"
        : `${plural(did.ofTargets, "pod")} of the targets came anew`;
    case "pod-deleted":
      return `deleted pod ${did.pod}`;
    case "looked-up":
      return `${plural(did.ended, "look-up")} ended, ${did.failed} of them in failure`;
  }
}

function ofTargetsWords({ ofTargets }: { readonly ofTargets: number | null }): string {
  return ofTargets === null ? ", whether of the targets is not known" : `, ${ofTargets} of the targets`;
}

function skewWords({
  target,
  node,
  pods,
  of,
  before,
}: Extract<EventEffect, { kind: "evicted" }>["skewed"][number]): string {
  return `${pods} of ${plural(of, "pod")} of ${target} on node ${node} then, before at most ${before} on one`;
}

/** "web: service shop/web:80, 80 % of the requests, to 10.96.0.12" */
export function targetWords({ name, kind, what, share, addresses }: RehearsedTarget): string {
  const some = addresses.length === 0 ? "no known address" : addresses.join(", ");
  const to = kind === "names" ? "the cluster’s DNS" : some;
  return `${name}: ${what}, ${formatShare(share)} of the requests, to ${to}`;
}

/** "staging: Kubernetes 1.34.1, 3 nodes, kernel 6.18, CNI vxlan, proxy nftables" */
export function clusterWords({ target }: Rehearsal): string {
  const where = target.kind === "lab" ? "the lab" : target.context;
  return `${where}: Kubernetes ${target.kubernetes}, ${nodeCount(target.nodes)}, kernel ${target.kernel}, CNI ${target.cni}, proxy ${target.proxyMode}`;
}

/** "nothing was dropped in 10 s", "4 packets were dropped in 10 s (node worker-1): a stage has to drop more than that" */
export function idleWords({ idle }: Pick<Rehearsal, "idle">): string {
  if (idle === null) return "what is dropped without load could not be read";
  const lost = idle.readings.filter((each) => (each.lost ?? 0) > 0);
  const dropped = dropsAmong(lost);
  const time = secondsWords(Math.round(idle.seconds));
  if (dropped === 0) return `nothing was dropped in ${time}`;
  const places = [...new Set(lost.map(({ where }) => where))].join(", ");
  return `${plural(dropped, "packet")} dropped in ${time} (${places}): of a stage only what goes beyond that counts`;
}

/** "ada on laptop, 2026-11-20 08:00 UTC, 14 min" */
export function whoWords({ by, startedAt, endedAt }: Rehearsal): string {
  const lasted = formatDuration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)));
  return `${by.user} on ${by.machine}, ${formatTime(startedAt)}, ${lasted}`;
}

/** What the plan was: "plan black-friday, 0123456789ab, seed 7, 40 % of requests on a new connection" */
export function planWords({ name, planSha256, seed, newConnections }: Rehearsal): string {
  return `plan ${name}, SHA-256 ${planSha256.slice(0, 12)}, seed ${seed}, ${formatShare(newConnections)} of requests on a new connection`;
}

export function moreWords(more: number, noun: string, where: string): string {
  return `and ${plural(more, `more ${noun}`)} ${where}`;
}
