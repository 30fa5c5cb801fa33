/**
 * What only this suite has to say, as data: a kind and the facts that belong to it. What it reads like is decided in
 * report/words.ts. What a system itself said stands as it came, in `because`.
 */
import { z } from "zod";

const count = z.number().int().nonnegative();
const because = z.string().describe("the system's own words");

/** What went wrong between a proxy and one upstream, in words that mean the same for every proxy. */
export const UpstreamError = z.enum([
  "connection refused", // nobody listens at that address: the process is gone
  "connection reset", // it was there, and cut the connection
  "closed early", // it ended the connection in order, before its answer was whole
  "timed out", // nothing came back
  "unreachable", // no route: the pod's network is gone
  "no endpoint", // the proxy knew of none that it might ask
  "failed", // none of these, or the proxy does not say
]);
export type UpstreamError = z.infer<typeof UpstreamError>;

/** Who was late: led requests to a pod that had stopped, or stopped with requests under way. */
export const LateParty = z.discriminatedUnion("party", [
  z.object({ party: z.literal("endpoint-slice") }).describe("the control plane had not told of the pod's end yet"),
  z.object({ party: z.literal("kube-proxy"), node: z.string() }),
  z.object({ party: z.literal("proxy"), path: z.string() }).describe("a proxy that chooses among endpoints itself"),
  z.object({ party: z.literal("kept-connection") }).describe("a proxy used a connection from before again"),
  z.object({ party: z.literal("process") }).describe("it did not finish what it had begun"),
  z.object({ party: z.literal("grace-period") }).describe("it was over before the process had finished"),
  z.object({ party: z.literal("nobody") }).describe("there was no endpoint left"),
]);
export type LateParty = z.infer<typeof LateParty>;

const tried = {
  error: UpstreamError.nullable().describe("how the try ended; null: it was not answered before its user gave up"),
  pods: z.array(z.string()).min(1).describe("the pod that it ended at; several: one of these"),
};

/** What explains a failed request. */
export const WhyFailed = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("led-too-late"), ...tried }).describe("begun when the pod had stopped"),
  z.object({ kind: z.literal("cut-off"), ...tried }).describe("under way when the pod stopped"),
  z.object({
    kind: z.literal("no-endpoint"),
    knownTo: z.enum(["service", "proxy"]).describe("whose set of endpoints was empty"),
    lastPod: z.string().describe("which went last"),
  }),
]);
export type WhyFailed = z.infer<typeof WhyFailed>;

const log = { container: z.string(), pod: z.string() };

/** What could not be watched on this target. */
export const Unseen = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("watch-interrupted"),
    of: z.enum(["pods", "EndpointSlices"]),
    fromUnixMs: z.number(),
    ms: z.number().nonnegative(),
  }),
  z.object({ kind: z.literal("node-watch-broken"), node: z.string(), because }),
  z.object({ kind: z.literal("blind"), what: z.enum(["signals", "rules"]), node: z.string(), because }),
  z.object({ kind: z.literal("rules-not-found"), node: z.string() }),
  z.object({ kind: z.literal("ends-not-seen"), node: z.string(), ends: count, of: count }),
  z.object({ kind: z.literal("ended-by-itself"), pod: z.string() }),
  z.object({ kind: z.literal("deleted-by-others"), pod: z.string() }),
  z.object({ kind: z.literal("log-begins-anew"), ...log }),
  z.object({ kind: z.literal("log-rotated"), ...log }),
  z.object({ kind: z.literal("log-not-readable"), ...log, because }),
  z.object({
    kind: z.literal("lines-passed-over"),
    ...log,
    garbled: count.describe("of which a part is missing, or that somebody else wrote into"),
    foreign: count.describe("that are none of the proxy's"),
  }),
  z.object({ kind: z.literal("syncs-garbled"), ...log, lines: count.describe("that can't be read") }),
  z.object({ kind: z.literal("controller-not-known"), path: z.string(), controller: z.string() }),
  z.object({ kind: z.literal("requests-not-logged"), path: z.string(), product: z.string() }),
]);
export type Unseen = z.infer<typeof Unseen>;

/** Why a path is not one of the run's. */
export const PathLeftOut = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("orders-load-balancer"), controller: z.string() })
    .describe("it would have ordered one, and the user did not name the path"),
  z
    .object({ kind: z.literal("controller-not-found"), controller: z.string() })
    .describe("that it lives in the cluster could not be seen, and the user did not name the path"),
  z
    .object({ kind: z.literal("classes-forbidden"), because })
    .describe("the cluster's classes may not be listed, so that none of their paths is known"),
  z.object({ kind: z.literal("unusable"), because }).describe("it could not be had, or no request came through"),
  z
    .object({ kind: z.literal("kubernetes-too-old"), needs: count, has: count, feature: z.string() })
    .describe("minor versions: what it takes, and the oldest of API server and nodes"),
]);
export type PathLeftOut = z.infer<typeof PathLeftOut>;

const seconds = z.number().nonnegative();
/** The remedy can't do what it is for. */
const isVoid = z.literal(true);
/** It does what it is for less well. */
const isWeak = z.literal(false);

/** What stands in a remedy's way, as a look at a pod of its arm found it. `tuning`: in the words of a pod spec. */
export const RemedyProblem = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sleep-dropped"), tuning: z.literal("preStop.sleep"), void: isVoid }),
  z.object({ kind: z.literal("no-shell"), tuning: z.literal("preStop.exec"), void: isVoid, program: z.string() }),
  z.object({
    kind: z.literal("grace-ends-first"),
    tuning: z.literal("terminationGracePeriodSeconds"),
    void: isVoid,
    gracePeriodS: seconds,
    sleepS: seconds,
  }),
  z.object({
    kind: z.literal("grace-too-short"),
    tuning: z.literal("terminationGracePeriodSeconds"),
    void: isWeak,
    gracePeriodS: seconds,
    sleepS: seconds,
    drainS: seconds.describe("what requests may take"),
  }),
  z.object({
    kind: z.literal("deaf-to-sigterm"),
    tuning: z.literal("stop signal"),
    void: isWeak,
    killedAfterS: seconds.describe("from the signal that it does not hear to the one that nobody can ignore"),
  }),
  z.object({
    kind: z.literal("slow-readiness"),
    tuning: z.literal("readinessProbe"),
    void: isWeak,
    periodS: seconds,
  }),
  z.object({
    kind: z.literal("slow-to-notice"),
    tuning: z.literal("readinessProbe"),
    void: isWeak,
    periodS: seconds,
    failures: count,
  }),
]);
export type RemedyProblem = z.infer<typeof RemedyProblem>;

/** What is said of predictions and of the attribution. */
export const RolloutNote = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing-replaced") }),
  z.object({ kind: z.literal("by-instants") }),
  z.object({
    kind: z.literal("by-path"),
    paths: z.array(z.object({ path: z.string(), expected: z.number(), measured: z.number() })),
  }),
  z.object({ kind: z.literal("paths-that-do-not-say"), paths: z.array(z.string()) }),
  z.object({ kind: z.literal("hook-not-known") }),
  z.object({ kind: z.literal("rhythm-not-known"), paths: z.array(z.string()) }),
  z.object({ kind: z.literal("load-too-short") }),
  z.object({ kind: z.literal("at-most"), stopsAfterMs: z.number(), newsMs: z.number() }),
  z.object({
    kind: z.literal("late-parties"),
    arm: z.string(),
    of: count.describe("listed failures that are explained"),
    parties: z.array(z.object({ late: LateParty, requests: count })).describe("most frequent first"),
  }),
  z.object({ kind: z.literal("not-accounted-for"), requests: count }),
]);
export type RolloutNote = z.infer<typeof RolloutNote>;
