/** What a rehearsal comes to: pure, from what was measured to the document. */
import { DROP_COUNTER } from "../../analysis/counters.ts";
import type { Capacity } from "../../analysis/rehearsal/capacity.ts";
import { changesOf } from "../../analysis/rehearsal/changes.ts";
import { decide } from "../../analysis/rehearsal/decide.ts";
import { firstToBreak, predictedToBreak } from "../../analysis/rehearsal/first-to-break.ts";
import { headroomOf } from "../../analysis/rehearsal/headroom.ts";
import { verdictOf } from "../../analysis/rehearsal/stage-verdict.ts";
import { wasStopped } from "../../analysis/rehearsal/stop-rule.ts";
import { withUpstreamDelay } from "../../analysis/rehearsal/upstream.ts";
import { areThere } from "../../probes/agents.ts";
import { REHEARSAL_VERSION, type Rehearsal, type RehearsedStage } from "../../result/rehearsal.ts";
import type { RehearsalGround } from "./ground.ts";
import { notTested } from "./not-tested.ts";
import type { Rehearsed } from "./rehearse.ts";

/** Who ran what, when and on what. */
export interface RunFacts extends Pick<Rehearsal, "packetwalk" | "command" | "planSha256" | "by" | "target"> {
  readonly startedAt: Date;
  /** The experiment that shows what a tuning does; null: none does. */
  readonly commandOf: (tuning: string) => string | null;
}

/** @param endedEarly why it has no end, where it was ended before it came to one */
export function conclude(
  ground: Pick<RehearsalGround, "plan" | "agents" | "targets" | "readings" | "idle">,
  read: Capacity,
  { stages, events, found, stopRule }: Rehearsed,
  { startedAt, commandOf, ...run }: RunFacts,
  endedEarly?: string,
): Rehearsal {
  const { plan, agents, targets, readings } = ground;
  const { expectedPeakPerSecond, newConnections } = plan.traffic;
  const { wantedHeadroom, slos } = plan;
  const { asClients } = plan.load;
  const capacity = withUpstreamDelay(read, stages, slos);
  const headroom = headroomOf(capacity, stages);
  const measured = firstToBreak(stages, {
    ...{ slos, found },
    behindProxy: targets.some(({ isProxied }) => isProxied),
    target: targets.map(({ report }) => report.what).join(", "),
    timeoutMs: plan.load.timeoutMs,
    kernel: run.target.kernel,
  });
  // What was seen to break and is not explained is not what a model says.
  const hasBroken = stages.some((stage) => verdictOf(stage, slos) === "broke");
  const ofThePath = headroom.filter(({ hop }) => asClients || hop !== "client-ports");
  const breaksFirst = measured ?? (hasBroken ? null : predictedToBreak(ofThePath));
  const untested = notTested(plan, {
    isSeen: areThere(agents),
    dropsEveryS: stages.some(hasReadDrops) ? readings.everyS : null,
    notRead: readings.notRead(),
    ...{ stages, events, targets, headroom, dns: capacity.dns },
    endedEarly: endedEarly ?? (wasStopped({ found, stages }) ? "its stop rule" : undefined),
  });
  const decision = decide({
    day: stages.find(({ kind }) => kind === "day") ?? null,
    ...{ stages, found, stopRule, breaksFirst, headroom, expectedPeakPerSecond, wantedHeadroom, events, slos },
    asClients,
  });
  return {
    schemaVersion: REHEARSAL_VERSION,
    ...run,
    name: plan.name,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    seed: plan.seed,
    targets: targets.map(({ report }) => report),
    ...{ expectedPeakPerSecond, wantedHeadroom, newConnections },
    slos: [...slos],
    idle: ground.idle.document,
    stages: [...stages],
    events: [...events],
    found,
    ...(stopRule === undefined ? {} : { stopRule }),
    ...{ breaksFirst, headroom },
    // What a model says of rates that nobody wants needs no change.
    changes: changesOf({ capacity, headroom, breaksFirst: measured, wantedHeadroom, commandOf }),
    notTested: untested,
    decision: endedEarly === undefined ? decision : cutShort(decision, endedEarly),
  };
}

function hasReadDrops({ readings }: RehearsedStage): boolean {
  return readings.some(({ counter, lost }) => lost !== null && KERNELS_DROPS.has(counter));
}

const KERNELS_DROPS: ReadonlySet<string> = new Set(Object.values(DROP_COUNTER));

/** A breach that was seen stands; all else has no answer. */
function cutShort(decision: Rehearsal["decision"], why: string): Rehearsal["decision"] {
  const sentence = `The rehearsal was ended before its end: ${why}.`;
  if (decision.state === "no-go") return { ...decision, because: [...decision.because, sentence] };
  return { state: "invalid", because: [sentence], conditions: [] };
}
