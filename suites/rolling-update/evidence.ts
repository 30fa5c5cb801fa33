import { z } from "zod";
import type { Block } from "../../runner/result/block.ts";
import { FailureCause, Outcomes } from "../../runner/result/outcomes.ts";
import type { EvidenceSchema } from "../../runner/result/result.ts";
import { LateParty, PathLeftOut, RemedyProblem, Unseen, UpstreamError, WhyFailed } from "./result/reasons.ts";

/** What a rolling update leaves in a block. All instants are ms since the load's start, on the runner's clock; null: not seen. */
const count = z.number().int().nonnegative();
const instant = z.number().nullable();

export const ROLLOUT_KINDS = ["restart", "scale-down", "evict", "kill"] as const;
export const RolloutKind = z
  .enum(ROLLOUT_KINDS)
  .describe(
    "restart: kubectl rollout restart; evict: as a node's drain does; kill: SIGKILL to the process, no deletion",
  );
export type RolloutKind = z.infer<typeof RolloutKind>;

/** The end of one pod that served the load. */
export const PodTimeline = z.object({
  pod: z.string(),
  ip: z.string(),
  node: z.string(),
  readyAtMs: instant,
  deleteRequestedAtMs: instant.describe("when the API took the deletion"),
  terminatingAtMs: instant.describe("when its EndpointSlice said terminating (or not ready, after a kill)"),
  endpointGoneAtMs: instant.describe("when no EndpointSlice named it any more"),
  proxyGoneAtMs: z
    .record(z.string(), instant)
    .describe("by node: when kube-proxy's rules there no longer led to it for new connections"),
  ingressGoneAtMs: z
    .record(z.string(), instant)
    .describe("by path, where the proxy chooses among endpoints: when it no longer chose this one"),
  signal: z
    .object({ name: z.string().describe("e.g. SIGTERM"), atMs: z.number() })
    .nullable()
    .describe("the stop signal that its process got, where the process says so"),
  exitedAtMs: instant.describe("when its process was gone and could answer no more"),
});
export type PodTimeline = z.infer<typeof PodTimeline>;

export const Rollout = z.object({
  kind: RolloutKind,
  replicas: count.describe("replicas that the Deployment had when it began"),
  startedAtMs: z.number(),
  finishedAtMs: instant.describe("when as many pods as wanted were ready again"),
  failures: count.describe("failed requests that belong to it: of one of its pods, or else nearest in time"),
  pods: z.array(PodTimeline).describe("those that went away"),
});
export type Rollout = z.infer<typeof Rollout>;

export const Attempt = z.object({
  address: z.string(),
  pod: z.string().nullable(),
  status: z.number().nullable(),
  error: UpstreamError.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** One request that its user saw fail, and what is known of it. */
export const FailedRequest = z.object({
  path: z.string(),
  id: z.string().describe("X-Request-Id"),
  method: z.string(),
  atMs: z.number().describe("when it was due"),
  endMs: z.number(),
  cause: FailureCause,
  error: z.string().nullable().describe("what the client's system call said"),
  upstreams: z
    .array(Attempt)
    .describe("whom the proxy tried, in order, by its own log; empty where it did not log the request"),
  rollout: z.number().int().nullable().describe("index of the rollout that it belongs to"),
  pod: z.string().nullable().describe("the pod that it failed at"),
  late: LateParty.nullable().describe("who led it there, or cut it; null: unexplained"),
  sinceExitMs: z.number().nullable().describe("how long that pod's process had been gone"),
  why: WhyFailed.nullable().describe("null: unexplained"),
});
export type FailedRequest = z.infer<typeof FailedRequest>;

export const PathReport = z.object({
  path: z.string(),
  proxy: z.string().describe("what it is made of, with version"),
  rhythmMs: z
    .number()
    .nonnegative()
    .nullable()
    .describe("from the change of an EndpointSlice to what the path does with it, at most; null: not known"),
  scheduled: count,
  outcomes: Outcomes,
  failedByMethod: z.record(z.string(), count),
  retried: count.describe("requests that the proxy tried more than once"),
  hidden: count.describe("of those, the ones that ended well: failures that no user saw"),
  attributed: count.describe("failures that are explained"),
  expected: z
    .number()
    .nonnegative()
    .nullable()
    .describe("failures by the instants of pods, rules and proxy alone; null: they do not say enough"),
});
export type PathReport = z.infer<typeof PathReport>;

/** How long a pod was still led to after its process had gone: 0 if it was not. */
export const Window = z.object({
  rollout: z.number().int(),
  pod: z.string(),
  path: z.string(),
  windowMs: z.number().nonnegative(),
  late: LateParty.nullable().describe("null: none was"),
});
export type Window = z.infer<typeof Window>;

export const RolloutEvidence = z.object({
  paths: z.array(PathReport),
  rollouts: z.array(Rollout),
  failed: z.array(FailedRequest).describe("at most 300 a block, evenly chosen"),
  failedInAll: count,
  attributed: count,
  unexplained: count,
  windows: z.array(Window),
  clocks: z
    .array(z.object({ clock: z.string(), errorMs: z.number().nonnegative() }))
    .describe("by how much instants of that clock may be off the runner's after correction"),
  unseen: z.array(Unseen).describe("what could not be watched on this target, and why"),
});
export type RolloutEvidence = z.infer<typeof RolloutEvidence>;
export type RolloutBlock = Block<RolloutEvidence>;

export const LeftOutPath = z.object({ path: z.string(), why: PathLeftOut });
export type LeftOutPath = z.infer<typeof LeftOutPath>;

export const RolloutRunEvidence = z.object({
  remedies: z
    .array(z.object({ arm: z.string(), problems: z.array(RemedyProblem) }))
    .describe("what a look at a pod of each arm found before anything was measured"),
  leftOut: z.array(LeftOutPath).describe("paths that the load did not take"),
});
export type RolloutRunEvidence = z.infer<typeof RolloutRunEvidence>;

export interface RolloutEvidenceOfSuite {
  readonly block: RolloutEvidence;
  readonly run: RolloutRunEvidence;
}

export const ROLLOUT_EVIDENCE: EvidenceSchema<RolloutEvidenceOfSuite> = {
  block: RolloutEvidence,
  run: RolloutRunEvidence,
};
