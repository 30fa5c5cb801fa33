import type { Drained } from "../experiment/block/drain.ts";
import type { BlockLife, BlockOf, LoadAtGate } from "../experiment/block/life.ts";
import { countByNode } from "../experiment/placement.ts";
import { hostPort } from "../host-port.ts";
import { deployLoad, type Load, type LoadOptions } from "../load/load.ts";
import type { Target } from "../load/one-request.ts";
import { areThere } from "../probes/agents.ts";
import { flushConntrack, orderFlush } from "../probes/conntrack.ts";
import { readBackByExec } from "../tunings/exec-read-back.ts";
import { type PodPlace, type ReadBack, readBack } from "../tunings/read-back.ts";
import type { Sysctl } from "../tunings/sysctl.ts";
import type { WebWorkload } from "../workloads/web.ts";
import { type PodSysctls, podSysctls } from "./pod-sysctls.ts";
import type { WebLoadStage } from "./stage.ts";

/** The cluster's own traffic keeps a few entries. */
const DRAINED_SHARE = 0.01;
const SAMPLE_INTERVAL_MS = 100;
const SLICE_MS = 250;
const GATE_TIMEOUT_MS = 120_000;
/** Samples after the last possible outcome. */
const SAMPLING_TAIL_MS = 500;

/** Each gate is opened by an exec call of its own. */
function gateLeadMs(workers: number): number {
  return Math.max(1000, 250 * workers);
}

/** A load that waits, with what was done alongside its deployment. */
export interface WebLoad<Alongside> extends LoadAtGate {
  readonly workers: Load["workers"];
  readonly alongside: Alongside;
  /** Of the arm's settings, in pods that still run: theirs end with the load. */
  readonly readBacks: readonly ReadBack[];
}

/**
 * A block of requests to the web workload's Service, from a drained conntrack table to a drained one.
 * @param alongside is done while the load is deployed; what it gives is the block's evidence
 */
export function webLoadLife<Evidence>(
  stage: WebLoadStage,
  alongside: (drained: Drained) => Promise<Evidence>,
): BlockLife<Sysctl, Evidence, null, WebLoad<Evidence>, null> {
  const { agents, web, plan, nodes } = stage;
  const ofPods = podSysctls();
  return {
    timing: {
      sampleIntervalMs: SAMPLE_INTERVAL_MS,
      leadMs: gateLeadMs(plan.load.workers),
      tailMs: plan.load.timeoutMs + SAMPLING_TAIL_MS,
    },
    drainedShare: DRAINED_SHARE,
    drainMethod: "conntrack entries of this workload deleted and counted; new load pods, so no TIME_WAIT sockets",
    prepare: async () => null,
    addresses: () => web.addresses,
    sampledPods: () =>
      new Map(nodes.open.map((node) => [node, web.pods.filter((pod) => pod.node === node).map(({ uid }) => uid)])),
    async deploy(of, _ready, drained, { durationMs }, scope) {
      const withWay = async () => {
        const load = await deploy(stage, of, ofPods);
        scope.defer(() => load.remove());
        await stage.proveWay(load, targetsOf(web));
        return load;
      };
      const [load, done] = await Promise.allSettled([withWay(), alongside(drained)]);
      if (load.status === "rejected" || done.status === "rejected") {
        // A table left full would cut the node off.
        if (areThere(agents)) await flushConntrack(agents, nodes.client, []).catch(() => undefined);
        throw load.status === "rejected" ? load.reason : done.status === "rejected" ? done.reason : undefined;
      }
      const readBacks = areThere(agents)
        ? await readBack(agents, of.arm.tunings, podsOf(load.value, web))
        : await readBackByExec(stage.cluster, load.value, of.arm.tunings);
      if (areThere(agents)) {
        // The table is emptied after the load; ordered beforehand, since a full one would drop the order.
        const flush = orderFlush(agents, nodes.client, web.addresses, durationMs);
        scope.defer(async () => {
          flush.now();
          await flush.entries;
        });
      }
      const { workers, start, end } = load.value;
      return { workers, start, end, alongside: done.value, readBacks };
    },
    during: async () => null,
    conclude: async ({ arm }, { load }) => ({
      evidence: load.alongside,
      voidedBy: [],
      readBacks: load.readBacks,
      writes: ofPods.refused(arm.tunings),
      placement: { client: countByNode(load.workers), server: countByNode(web.pods) },
    }),
  };
}

function podsOf({ workers }: Load, web: WebWorkload): PodPlace[] {
  return [
    ...workers.map(({ pod, uid, node }) => ({ name: pod, uid, node, role: "client" as const })),
    ...web.pods.map((pod) => ({ ...pod, role: "server" as const })),
  ];
}

function targetsOf({ clusterIp, port }: WebWorkload): [Target] {
  return [{ name: "web", address: hostPort(clusterIp, port), host: "web", path: "/" }];
}

function deploy(stage: WebLoadStage, of: BlockOf<Sysctl>, ofPods: PodSysctls): Promise<Load> {
  return ofPods.pods(of.arm.tunings, (sysctls, attempt) => {
    // Pods of the attempt before are still there for a moment.
    const name = attempt === 0 ? `load-${of.sequence}` : `load-${of.sequence}-${attempt}`;
    return deployWith(stage, of, name, sysctls);
  });
}

function deployWith(
  stage: WebLoadStage,
  { arm, round }: BlockOf<Sysctl>,
  name: string,
  sysctls: LoadOptions<unknown>["podSysctls"],
): Promise<Load> {
  const { web, nodes } = stage;
  const { load } = stage.plan;
  return deployLoad(stage.cluster, {
    name,
    engine: stage.engine,
    task: {
      k6Script: stage.needs.k6Script,
      targets: targetsOf(web),
    },
    image: stage.loadImage,
    delivery: stage.delivery,
    load,
    seed: stage.seed,
    nodes: load.placement === "one-node" ? [nodes.client] : nodes.open,
    podSysctls: sysctls,
    sliceMs: SLICE_MS,
    gateTimeoutMs: GATE_TIMEOUT_MS,
    onTimeline: (worker, timeline) => stage.onTimeline({ arm: arm.name, round, worker, timeline }),
    signal: stage.signal,
  });
}
