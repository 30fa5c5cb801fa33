/** One rehearsal against an earlier one: what changed, and whether that can be told from what was found. */
import type {
  DecisionState,
  FirstToBreak,
  FoundMost,
  Headroom,
  Rehearsal,
  Slo,
  SloState,
} from "../../runner/result/rehearsal.ts";
import type { Target } from "../../runner/result/target.ts";
import { formatShare } from "../view/format.ts";
import { nodeCount } from "../view/words.ts";
import { decisiveStage, stageName } from "./stages.ts";
import {
  allowedWords,
  budgetWords,
  DECISION_WORDS,
  HOP_WORDS,
  heldWord,
  leftWords,
  NOT_KNOWN,
  perSecond,
  timesWords,
  worstWords,
} from "./words.ts";

export interface RehearsalDifference {
  readonly what: string;
  readonly before: string;
  readonly now: string;
  /** null: neither better nor worse, or it can't be told. */
  readonly better: boolean | null;
  /** Why it can't be told, or what there is to it; null: nothing. */
  readonly note: string | null;
}

export interface Against {
  /** What is not alike, in sentences; empty: like was compared with like. */
  readonly comparable: readonly string[];
  readonly changes: readonly RehearsalDifference[];
}

export function against(before: Rehearsal, now: Rehearsal): Against {
  return {
    comparable: unlike(before, now),
    changes: [
      decisionChange(before, now),
      mostChange(before.found, now.found),
      firstChange(before.breaksFirst, now.breaksFirst),
      ...sloChanges(before, now),
      ...headroomChanges(before.headroom, now.headroom),
    ],
  };
}

/** What has to be alike for a difference to be the cluster's. */
const ASPECTS: ReadonlyArray<readonly [string, (seen: Rehearsal) => string]> = [
  ["plan", ({ planSha256 }) => planSha256.slice(0, 12)],
  ["targets", ({ targets }) => targets.map(({ what, share }) => `${what} (${formatShare(share)})`).join(", ")],
  ["expected peak", ({ expectedPeakPerSecond }) => perSecond(expectedPeakPerSecond)],
  ["wanted headroom", ({ wantedHeadroom }) => timesWords(wantedHeadroom)],
  ["requests on a new connection", ({ newConnections }) => formatShare(newConnections)],
  ["SLOs", ({ slos }) => slos.map((slo) => `${slo.name}: ${allowedWords(slo)}, ${budgetWords(slo)}`).join("; ")],
  ["seed", ({ seed }) => String(seed)],
  ["cluster", ({ target }) => clusterName(target)],
  ["Kubernetes", ({ target }) => target.kubernetes],
  ["distribution", ({ target }) => target.distribution ?? NOT_KNOWN],
  ["kernel", ({ target }) => target.kernel],
  ["CNI", ({ target }) => target.cni],
  ["proxy mode", ({ target }) => target.proxyMode],
  ["nodes", ({ target }) => nodesWords(target)],
  ["packetwalk", ({ packetwalk }) => packetwalk],
  ["machine that ran it", ({ by }) => by.machine],
];

function clusterName({ kind, context, uid }: Target): string {
  const name = kind === "lab" ? "the lab" : context;
  return uid ? `${name} (${uid})` : name;
}

function nodesWords({ nodes, nodeFacts }: Target): string {
  const shapes = new Map<string, number>();
  for (const { cpus, memoryBytes } of nodeFacts) {
    const shape = `${cpus} CPUs and ${Math.round(memoryBytes / 2 ** 20)} MiB`;
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const each = [...shapes].sort().map(([shape, count]) => `${count} of ${shape}`);
  return each.length === 0 ? nodeCount(nodes) : `${nodeCount(nodes)}: ${each.join(", ")}`;
}

function unlike(before: Rehearsal, now: Rehearsal): string[] {
  return ASPECTS.flatMap(([what, of]) =>
    of(before) === of(now) ? [] : [`${what}: ${of(before)} before, ${of(now)} now`],
  );
}

/** What was not decided is no step between a go and a no-go. */
const RANK: Readonly<Record<DecisionState, number | null>> = {
  go: 2,
  "go-with-conditions": 1,
  "no-go": 0,
  inconclusive: null,
  invalid: null,
};

function decisionChange(before: Rehearsal, now: Rehearsal): RehearsalDifference {
  const [was, is] = [before.decision.state, now.decision.state];
  const [from, to] = [RANK[was], RANK[is]];
  return {
    what: "decision",
    before: DECISION_WORDS[was].word,
    now: DECISION_WORDS[is].word,
    better: from === null || to === null || from === to ? null : to > from,
    note: from === null || to === null ? "one of them decided nothing" : null,
  };
}

function mostChange(before: FoundMost, now: FoundMost): RehearsalDifference {
  const whole = { what: "most that was held", before: intervalWords(before), now: intervalWords(now) };
  if ((before.held ?? before.failed) === null || (now.held ?? now.failed) === null)
    return { ...whole, better: null, note: "not found in both" };
  if (now.held !== null && before.failed !== null && now.held >= before.failed)
    return { ...whole, better: true, note: null };
  if (before.held !== null && now.failed !== null && now.failed <= before.held)
    return { ...whole, better: false, note: null };
  return { ...whole, better: null, note: "the intervals overlap: no difference that can be told" };
}

/** "3,200/s to 3,400/s", "3,200/s and maybe more" */
function intervalWords({ held, failed }: FoundMost): string {
  if (held !== null && failed !== null) return `${perSecond(held)} to ${perSecond(failed)}`;
  if (held !== null) return `${perSecond(held)} and maybe more`;
  return failed === null ? NOT_KNOWN : `less than ${perSecond(failed)}`;
}

function firstChange(before: FirstToBreak | null, now: FirstToBreak | null): RehearsalDifference {
  const words = (first: FirstToBreak | null) =>
    first === null ? "nothing that was seen" : `${HOP_WORDS[first.hop].inSentence}, at ${perSecond(first.atPerSecond)}`;
  return {
    what: "first to break",
    before: words(before),
    now: words(now),
    better: null,
    note: before?.hop === now?.hop ? null : "not the same hop",
  };
}

function sloChanges(before: Rehearsal, now: Rehearsal): RehearsalDifference[] {
  const [was, is] = [decisiveStage(before), decisiveStage(now)];
  return now.slos.flatMap((slo): RehearsalDifference[] => {
    const earlier = before.slos.find(({ name }) => name === slo.name);
    if (earlier === undefined) return [];
    const [from, to] = [was, is].map((stage) => stage?.slos.find((state) => state.slo === slo.name));
    const differ = was === null || is === null ? NOT_KNOWN : stagesDiffer(stageName(was), stageName(is));
    return [{ what: `worst of ${slo.name}`, ...sloValues(earlier, slo, from, to), ...sloJudged(from, to, differ) }];
  });
}

function stagesDiffer(was: string, is: string): string | null {
  return was === is ? null : `at different loads: ${was} before, ${is} now`;
}

function sloValues(earlier: Slo, slo: Slo, from?: SloState, to?: SloState): { before: string; now: string } {
  const words = (kind: Slo["kind"], state?: SloState) =>
    state === undefined ? NOT_KNOWN : `${worstWords({ kind }, state.worst)} (${heldWord(state).word})`;
  return { before: words(earlier.kind, from), now: words(slo.kind, to) };
}

/** A worst value each has no noise that is known; whether its budget was held is what can be told. */
function sloJudged(
  from: SloState | undefined,
  to: SloState | undefined,
  differ: string | null,
): Pick<RehearsalDifference, "better" | "note"> {
  const [was, is] = [from?.held ?? null, to?.held ?? null];
  if (differ !== null) return { better: null, note: differ };
  if (was === null || is === null) return { better: null, note: "not known of both" };
  if (was !== is) return { better: is, note: null };
  const same = from?.worst === to?.worst;
  return { better: null, note: same ? null : "one value each: no difference that can be told" };
}

/** A choice: no nearer than the search for a rate usually ends are two headrooms told apart. */
const LEAST_OF_LEFT = 0.05;

function headroomChanges(before: readonly Headroom[], now: readonly Headroom[]): RehearsalDifference[] {
  const key = ({ hop, where, of }: Headroom) => JSON.stringify([hop, where, of]);
  const earlier = new Map(before.map((each) => [key(each), each]));
  const later = new Set(now.map(key));
  const gone = before.filter((each) => !later.has(key(each)));
  return [
    ...now.map((is) => headroomChange(earlier.get(key(is)), is)),
    ...gone.map((was) => headroomChange(was, undefined)),
  ];
}

function headroomChange(was: Headroom | undefined, is: Headroom | undefined): RehearsalDifference {
  const one = is ?? was;
  const words = (each: Headroom | undefined) => (each === undefined ? "not looked at" : leftWords(each));
  const [from, to] = [was?.left ?? null, is?.left ?? null];
  const apart = from === null || to === null ? null : to - from;
  const far = apart !== null && Math.abs(apart) > LEAST_OF_LEFT;
  const note = apart === null ? "not known of both" : far || apart === 0 ? null : "too near to be told apart";
  return {
    what: one === undefined ? "headroom" : `headroom of ${HOP_WORDS[one.hop].inSentence}, ${one.where}`,
    before: words(was),
    now: words(is),
    better: far ? apart > 0 : null,
    note,
  };
}

/** "✓ better", or why neither is said. */
export function betterWords({ better, note }: RehearsalDifference): string {
  const judged = better === null ? [] : [better ? "✓ better" : "✗ worse"];
  return [...judged, ...(note === null ? [] : [note])].join("; ");
}

/** Whether both say the same, and there is nothing to it. */
export function isSame({ before, now, note }: RehearsalDifference): boolean {
  return before === now && note === null;
}
