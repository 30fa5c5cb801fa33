import { TimelineLine } from "../../../programs/node-worker/undici/timeline.ts";
import type { BlockLife, BlockOf, LoadAtGate } from "../../../runner/experiment/block/life.ts";
import { together } from "../../../runner/experiment/block/scope.ts";
import { countByNode } from "../../../runner/experiment/placement.ts";
import { runRollouts } from "../../../runner/faults/rollouts.ts";
import type { RanStep } from "../../../runner/faults/types.ts";
import { readJsonLine } from "../../../runner/json-lines.ts";
import type { Load } from "../../../runner/load/load.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";
import type { WebPod } from "../../../runner/workloads/web.ts";
import { rolloutEvidence } from "../analysis/evidence.ts";
import { hostOf, type PathLog, type TracedRequest } from "../analysis/input.ts";
import type { RolloutEvidence } from "../evidence.ts";
import { nextUpstreamOf, type RolloutTuning } from "../tunings.ts";
import { answerAll } from "./answers.ts";
import { makeWeb } from "./make-web.ts";
import type { Path } from "./paths/path.ts";
import { observePods, type PodObservation } from "./pods/pod-timeline.ts";
import { readBackArm } from "./read-back.ts";
import { ROLLING_WEB, rollingWeb } from "./rolling-web.ts";
import { deployRolloutLoad } from "./rollout-load.ts";
import type { RolloutStage } from "./rollout-stage.ts";

/** What the proxies and the pods before left leaves by itself; a table this empty drops nothing. */
const DRAINED_SHARE = 0.25;
const SAMPLE_INTERVAL_MS = 250;
/** From opening the gate to the load's start. */
const GATE_LEAD_MS = 1_000;
/** Samples after the last request was due; those that still wait for an answer then wait for a pod that is gone. */
const SAMPLING_TAIL_MS = 500;
/** A step that has not finished by then voids its block. */
const STEP_TIMEOUT_MS = 60_000;
/** How long pods that still stop when the load has ended are watched. */
const LAST_PODS_MS = 3_000;

/** By how much a node's clock may be off ours, generously. */
const CLOCKS_APART_MS = 60_000;

/** What the arm wants, deployed. */
interface Deployed {
  /** The workload's first pods; those that come later have addresses of their own. */
  readonly web: readonly WebPod[];
  readonly paths: readonly Path[];
  readonly load: Load;
  /** Grows while the load's end is read. */
  readonly requests: readonly TracedRequest[];
}

/** A load that waits, with what watches its requests and the pods. */
interface WatchedLoad extends LoadAtGate {
  readonly workers: Load["workers"];
  readonly observing: PodObservation;
}

type RolloutLife = BlockLife<RolloutTuning, RolloutEvidence, Deployed, WatchedLoad, readonly RanStep[]>;

/** A block of requests through every path, under which a workload of its own is rolled. */
export function rolloutLife(stage: RolloutStage): RolloutLife {
  const { cluster, agents, signal } = stage;
  return {
    timing: { sampleIntervalMs: SAMPLE_INTERVAL_MS, leadMs: GATE_LEAD_MS, tailMs: SAMPLING_TAIL_MS },
    drainedShare: DRAINED_SHARE,
    drainMethod: "conntrack entries of this workload deleted and counted; new load pods, so no TIME_WAIT sockets",
    async prepare(of, scope) {
      const { tunings } = of.arm;
      const requests: TracedRequest[] = [];
      const withLoad = async () => {
        const paths = await stage.pathSwitch.to({ nextUpstream: nextUpstreamOf(tunings) }, signal);
        const load = await deployRolloutLoad(stage, {
          name: `load-${of.sequence}`,
          paths,
          onTimeline: traced(stage, of, requests),
        });
        scope.defer(() => load.remove());
        return { paths, load };
      };
      // The load's workers start while the web pod does; they ask nothing before their gate is opened.
      const [web, { paths, load }] = await together(makeWeb(stage, of.arm), withLoad());
      await answerAll(stage, load, paths);
      return { web, paths, load, requests };
    },
    addresses: ({ web, paths }) => [
      stage.serviceIp,
      ...web.map(({ ip }) => ip),
      ...paths.map(({ address }) => hostOf(address)),
    ],
    sampledPods: () => new Map(),
    async deploy(_of, { load: { workers, start, end } }, _drained, _window, scope) {
      const observing = await observePods(cluster, agents, rollingWeb(cluster), ROLLING_WEB.name, signal);
      scope.defer(() => observing.stop());
      return { workers, start, end, observing };
    },
    during: (startUnixMs) =>
      runRollouts(
        { cluster, agents, deployment: rollingWeb(cluster), startUnixMs, timeoutMs: STEP_TIMEOUT_MS, signal },
        stage.steps,
      ),
    async conclude({ arm }, { startUnixMs, ready: { paths, requests }, load, meanwhile: steps, end }) {
      const observed = await load.observing.end(steps, LAST_PODS_MS);
      const logs = await Promise.all(paths.map((path) => logOf(path, startUnixMs)));
      const { scheduled } = end.merged;
      return {
        evidence: rolloutEvidence({ startUnixMs, scheduled, requests, paths: logs, observed }),
        voidedBy: steps.flatMap(unfinished),
        readBacks: await readBackArm(stage, arm, { paths, observed }),
        placement: {
          client: countByNode(load.workers),
          proxies: countByNode(paths.flatMap((path) => path.nodes.map((node) => ({ node })))),
        },
      };
    },
  };
}

/** Takes down each request that a worker tells of. */
function traced(stage: RolloutStage, { arm, round }: BlockOf<RolloutTuning>, requests: TracedRequest[]) {
  return (worker: number, timeline: string) => {
    const read = readJsonLine(timeline);
    const { data } = TimelineLine.safeParse(read.kind === "document" ? read.document : undefined);
    // A request whose line is damaged is one of which nothing is known; the worker's report counts it all the same.
    if (!data) return;
    requests.push({ ...data, worker });
    stage.onTimeline({ arm: arm.name, round, worker, timeline });
  };
}

async function logOf(path: Path, startUnixMs: number): Promise<PathLog> {
  const [{ records, unseen }, taken] = await Promise.all([
    path.records(startUnixMs),
    path.syncs?.(startUnixMs - CLOCKS_APART_MS) ?? { syncs: null, unseen: [] },
  ]);
  return { ...path, records, unseen: [...unseen, ...taken.unseen], syncs: taken.syncs };
}

function unfinished({ kind, trouble }: RanStep): VoidReason[] {
  return trouble === null ? [] : [{ kind: "step-failed", step: kind, because: trouble }];
}
