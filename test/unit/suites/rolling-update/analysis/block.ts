import type { Counted } from "../../../../../runner/result/block.ts";
import { type Rollout, RolloutEvidence } from "../../../../../suites/rolling-update/evidence.ts";
import { measured } from "../measured.ts";

export interface RolledFacts {
  round: number;
  /** 502s of the restart of four pods; all of them explained. */
  failed: number;
  /** Failures at a SIGKILL, beside them. */
  killed?: number;
  hidden?: number;
  expected?: number | null;
  path?: string;
  rhythmMs?: number | null;
  unexplained?: number;
  /** False: for how long pods were led to after their ends is not known. */
  windows?: false;
}

/** A schema-valid block of 3 000 requests on one path. */
export function rolledBlock({ round, failed, ...facts }: RolledFacts): Counted<RolloutEvidence> {
  const killed = facts.killed ?? 0;
  const all = failed + killed;
  const path = facts.path ?? "nginx";
  const rollout = (kind: Rollout["kind"], failures: number): Rollout => ({
    kind,
    replicas: 4,
    startedAtMs: 1_000,
    finishedAtMs: 4_000,
    failures,
    pods: kind === "kill" ? [] : ["a", "b", "c", "d"].map(timeline),
  });
  const evidence: RolloutEvidence = {
    paths: [
      {
        path,
        proxy: "nginx 1.22.1, simulated",
        rhythmMs: facts.rhythmMs === undefined ? 1_000 : facts.rhythmMs,
        scheduled: 3_000,
        outcomes: { ok: 3_000 - all, ...(all > 0 ? { "status-502": all } : {}) },
        failedByMethod: {},
        retried: facts.hidden ?? 0,
        hidden: facts.hidden ?? 0,
        attributed: all - (facts.unexplained ?? 0),
        expected: facts.expected ?? null,
      },
    ],
    rollouts: [rollout("restart", failed), ...(facts.killed === undefined ? [] : [rollout("kill", killed)])],
    failed: [],
    failedInAll: all,
    attributed: all - (facts.unexplained ?? 0),
    unexplained: facts.unexplained ?? 0,
    windows:
      facts.windows === false
        ? []
        : [
            {
              rollout: 0,
              pod: "a",
              path,
              windowMs: 10 * failed,
              late: failed > 0 ? { party: "endpoint-slice" } : null,
            },
          ],
    clocks: [],
    unseen: [],
  };
  const outcomes = { ok: 3_000 - all, ...(all > 0 ? { "status-502": all } : {}) };
  return { ...measured({ round, scheduled: 3_000, outcomes }), valid: true, evidence: RolloutEvidence.parse(evidence) };
}

function timeline(pod: string): Rollout["pods"][number] {
  return {
    pod,
    ip: "10.0.0.1",
    node: "node-1",
    readyAtMs: -1_000,
    deleteRequestedAtMs: 1_000,
    terminatingAtMs: 1_010,
    endpointGoneAtMs: 1_020,
    proxyGoneAtMs: { "node-1": 1_500 },
    ingressGoneAtMs: {},
    signal: { name: "SIGTERM", atMs: 1_000 },
    exitedAtMs: 1_005,
  };
}
