import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { BlockLife } from "../../../runner/experiment/block/life.ts";
import { provenOnce } from "../../../runner/load/first-request.ts";
import { setPodMtu } from "../../../runner/probes/pod-path.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { type WebLoad, webLoadLife } from "../../../runner/web-load/life.ts";
import type { OverlayBlockEvidence, PathCheck } from "../evidence.ts";
import { type OverlayTuning, pathOf } from "../tunings.ts";
import { overlayEvidence } from "./assemble.ts";
import { type OverlayStage, WEB_PORT } from "./overlay-stage.ts";
import { switchPath } from "./path-switch.ts";
import { fitMtu } from "./pod-mtu.ts";
import { readBackArm } from "./read-back.ts";
import { type Readings, readBoth } from "./readings.ts";

/**
 * VXLAN's own packets are tracked as well: an entry for each source port, which is one for nearly each connection, until 30 s have
 * passed. They stand in nobody's way.
 */
const DRAINED_SHARE = 0.25;
const CHECK_SECONDS = { quick: 1.5, full: 5 } as const;

interface Ready {
  /** That the load's pods get; null: what the cluster gives them. */
  readonly mtu: number | null;
}

interface CheckedLoad extends WebLoad<null> {
  readonly check: PathCheck;
  /** Before the checks, and between them and the load. */
  readonly readings: readonly [Readings, Readings];
}

/** A block: the path chosen, what passes it asked in quiet, and then requests at a fixed rate, from pod to pod. */
export function overlayLife(
  stage: OverlayStage,
): BlockLife<OverlayTuning, OverlayBlockEvidence, Ready, CheckedLoad, null> {
  const { web, agents, ends, pair, size, nodes } = stage;
  // The load goes to the pod itself: a Service would add its own cost to both paths.
  const target = { clusterIp: web.ip, port: WEB_PORT, pods: [web], addresses: [web.ip] };
  const load = webLoadLife({ ...stage, web: target, arms: NO_SYSCTLS, proveWay: provenOnce() }, async () => null);
  return {
    ...load,
    drainedShare: DRAINED_SHARE,
    drainMethod: `${load.drainMethod}; the path is chosen anew for each block`,
    addresses: () => [web.ip, pair.server.ip],
    async prepare({ arm }, scope) {
      await switchPath(stage, arm, scope);
      return { mtu: pathOf(arm.tunings) === null ? null : await fitMtu(stage, scope) };
    },
    sampledPods: () => load.sampledPods(null),
    watched: () => [],
    async deploy({ round, sequence }, { mtu }, drained, window, scope) {
      const deployed = await load.deploy({ arm: NO_ARM, round, sequence }, null, drained, window, scope);
      const uids = deployed.workers.map(({ uid }) => uid);
      if (mtu !== null) await setPodMtu(agents, ends.client.name, uids, mtu);
      const before = await readBoth(stage, uids);
      const check = await pair.ask(CHECK_SECONDS[size], stage.signal);
      return { ...deployed, check, readings: [before, await readBoth(stage, uids)] };
    },
    during: async () => null,
    async conclude({ arm, round, sequence }, ended) {
      const { load: own, measured } = ended;
      const found = await load.conclude({ arm: NO_ARM, round, sequence }, { ...ended, ready: null });
      // The load's own pods have ended, and their namespaces with them.
      const after = await readBoth(stage, []);
      const evidence = overlayEvidence({
        wanted: pathOf(arm.tunings),
        readings: [...own.readings, after],
        pods: { client: pair.client.uid, server: pair.server.uid, load: own.workers.map(({ uid }) => uid) },
        sameKernel: nodes.bootIds[ends.client.name] === nodes.bootIds[ends.server.name],
        sent: measured.sent,
        check: own.check,
      });
      return { ...found, evidence, readBacks: readBackArm(arm.tunings, ends, own.readings[1]) };
    },
  };
}

const NO_ARM: ArmPlan<Sysctl> = { name: "", tunings: [] };
const NO_SYSCTLS = { baseline: NO_ARM, tuned: NO_ARM };
