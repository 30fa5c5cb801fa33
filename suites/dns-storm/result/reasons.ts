/**
 * What this suite says of its evidence, as data: why a count is not as predicted, which counter accounts for failures, what
 * could not be read, and on what predictions and attribution rest. report/words.ts puts each kind into words.
 */
import { z } from "zod";
import { FailureCause } from "../../../runner/result/outcomes.ts";
import { DnsFault } from "./faults.ts";
import { ResolverName } from "./resolvers.ts";

const count = z.number().int().nonnegative();
const share = z.number().describe("0–1");
const outcome = z.enum(["ok", ...FailureCause.options]);

/** Other queries reached the DNS than were predicted, over all look-ups of a name. */
const otherQueries = { counted: count, predicted: count };

/** Why a count is not as predicted. */
export const CountDifference = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("counts-began-anew"), ...otherQueries }),
  z.object({
    kind: z.literal("strangers-queries"),
    ...otherQueries,
    others: z.record(z.string(), count).describe("by query types that these look-ups have none of"),
  }),
  z.object({ kind: z.literal("repeated-after-timeout"), ...otherQueries, lookups: count }),
  z.object({ kind: z.literal("repeated-after-failure"), ...otherQueries, lookups: count }),
  z.object({ kind: z.literal("too-many-queries"), ...otherQueries }),
  z.object({ kind: z.literal("too-few-queries"), ...otherQueries }),
  z.object({ kind: z.literal("ended-otherwise"), lookups: count, as: outcome, insteadOf: outcome }),
  z.object({ kind: z.literal("other-denials"), counted: count, predicted: count }),
  z.object({ kind: z.literal("other-upstream-queries"), asked: count, atLeast: count, atMost: count }),
]);
export type CountDifference = z.infer<typeof CountDifference>;

/** What look-ups can have failed of. */
export const CauseName = z.enum([
  "max-concurrent",
  "pod-killed",
  "cpu-throttled",
  "upstream-lost",
  "upstream-slow",
  "not-searched",
]);
export type CauseName = z.infer<typeof CauseName>;

/** Which counters account for failed look-ups. */
export const CauseReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("queries-refused"), refused: count }),
  z.object({
    kind: z.literal("under-way-at-kill"),
    failures: count,
    pods: z.array(z.string()).describe("that were killed, as far as their names are known"),
  }),
  z.object({ kind: z.literal("server-held-back"), mostShare: share }),
  z.object({ kind: z.literal("answers-left-out"), lost: count }),
  z.object({ kind: z.literal("answers-too-late"), delayMs: z.number(), waitsMs: z.number() }),
  z.object({
    kind: z.literal("never-asked-for"),
    names: z.array(z.object({ resolver: ResolverName, name: z.string(), ndots: count })),
  }),
]);
export type CauseReason = z.infer<typeof CauseReason>;

/** Why the pure query rate is not the DNS's own. */
export const RawRateDoubt = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing-answered") }),
  z.object({ kind: z.literal("asked-server-began-anew") }),
  z.object({
    kind: z.literal("places-lost"),
    lost: count,
    places: count.describe("queries without an answer yet, at most"),
    eachForMs: z.number(),
  }),
  z.object({ kind: z.literal("other-answers"), nxdomainShare: share, expectedShare: share }),
]);
export type RawRateDoubt = z.infer<typeof RawRateDoubt>;

const because = z.string().describe("in the words of whoever refused it");
/** What could not be read on this target. */
export const Unseen = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("counters-unread"), pod: z.string(), because }),
  z.object({ kind: z.literal("raw-rate-unmeasured"), because }),
  z.object({ kind: z.literal("raw-rate-in-doubt"), doubt: RawRateDoubt }),
]);
export type Unseen = z.infer<typeof Unseen>;

/** On what a prediction rests, and how it was measured. */
export const PredictionNote = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("counted-name"), name: z.string(), resolvers: count.describe("that search") }),
  z.object({ kind: z.literal("all-counts-agree") }),
  z.object({
    kind: z.literal("counts-disagree"),
    disagreeing: count,
    of: count,
    first: z.object({ resolver: ResolverName, why: CountDifference }),
  }),
  z.object({ kind: z.literal("lookups-times-queries") }),
  z.object({ kind: z.literal("query-cost-measured"), idleMs: z.number(), busyMs: z.number() }),
  z.object({ kind: z.literal("query-cost-published"), queriesPerCore: z.number(), cores: z.number() }),
  z.object({ kind: z.literal("query-cost-unmeasured"), queriesPerCore: z.number() }),
  z.object({ kind: z.literal("names-tried"), names: z.number(), roundTripMs: z.number() }),
  z.object({ kind: z.literal("served-stale") }),
  z.object({ kind: z.literal("missed-caches"), share }),
  z.object({ kind: z.literal("mean-of-delay"), rejectedPerBlock: z.number() }),
  z.object({ kind: z.literal("entry-each-name"), keptMs: z.number() }),
]);
export type PredictionNote = z.infer<typeof PredictionNote>;

/** How failures and counters add up. */
export const DnsAttributionNote = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("failures-of-cause"),
    arm: z.string(),
    cause: CauseName,
    outcomes: z.array(FailureCause),
    failures: count,
    why: CauseReason,
    sameInAllBlocks: z.boolean().describe("false: `why` is the first such block's"),
  }),
  z.object({ kind: z.literal("queries-all-answered"), arm: z.string(), queries: count }),
  z.object({ kind: z.literal("queries-left-open"), arm: z.string(), queries: count, answers: count }),
  z.object({ kind: z.literal("chain-ended-at-lookup"), requests: count }),
  z.object({ kind: z.literal("failures-unexplained"), failures: count }),
]);
export type DnsAttributionNote = z.infer<typeof DnsAttributionNote>;

/** Why names were not on trial. */
export const PremiseNote = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("servers-not-read") }),
  z.object({ kind: z.literal("no-query-arrived") }),
]);
export type PremiseNote = z.infer<typeof PremiseNote>;

/** All that this suite says. */
export const DnsSaid = z.union([
  PremiseNote,
  DnsFault,
  CountDifference,
  CauseReason,
  RawRateDoubt,
  Unseen,
  PredictionNote,
  DnsAttributionNote,
]);
export type DnsSaid = z.infer<typeof DnsSaid>;
