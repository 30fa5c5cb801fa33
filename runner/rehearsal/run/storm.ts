/** Look-ups beside the load, whose pods are ready before their instant. */
import { setTimeout as sleep } from "node:timers/promises";
import { endedIn, failedIn } from "../../analysis/rehearsal/stage-verdict.ts";
import { EnvironmentError } from "../../errors.ts";
import { names } from "../../load/engines/names.ts";
import { deployLoad } from "../../load/load.ts";
import { constant } from "../../load/schedule/profiles.ts";
import { LATE_S, loadOfStorm, type Storm } from "../plan/together.ts";
import { loadNodes } from "./ground.ts";
import type { Happening } from "./happening.ts";

/** Pods of one image, which the load's have brought to the nodes mostly, are there within this on a busy machine. */
export const AHEAD_S = 30;
const GATE_TIMEOUT_MS = 120_000;

/** @throws EnvironmentError where its pods come so late that it would meet a part of the day that the plan was not checked for */
export async function stormOfLookups(
  event: Storm,
  { ground, startUnixMs, until, begins, tell }: Happening,
): Promise<void> {
  const { cluster, delivery, image, plan } = ground;
  const { workers, mostInFlight } = loadOfStorm(event, plan);
  const load = await deployLoad(cluster, {
    name: `names-${event.atS}`,
    engine: names,
    task: { names: event.names },
    ...{ image: await image(names.image), delivery, signal: until },
    load: {
      model: "open",
      schedule: constant(event.perSecond, event.forS * 1000),
      ...{ timeoutMs: plan.load.timeoutMs, workers, mostInFlight, placement: "one-node" },
    },
    ...{ seed: plan.seed, sliceMs: 1_000, gateTimeoutMs: GATE_TIMEOUT_MS, liveMs: 1_000 },
    nodes: loadNodes(ground),
    podSysctls: [],
  });
  try {
    const dueUnixMs = startUnixMs + event.atS * 1000;
    const leadMs = Math.max(1_000, 250 * workers);
    await sleep(Math.max(0, dueUnixMs - leadMs - Date.now()), undefined, { signal: until });
    const atUnixMs = Math.max(dueUnixMs, Date.now() + leadMs);
    if (atUnixMs > dueUnixMs + LATE_S * 1000)
      throw new EnvironmentError(`its pods came over ${LATE_S} s late, so it was left out`);
    begins(atUnixMs);
    await load.start(atUnixMs);
    const stop = () => void load.stop().catch(() => undefined);
    until.addEventListener("abort", stop, { once: true });
    if (until.aborted) stop();
    const { outcomes } = (await load.end()).merged;
    tell({ kind: "looked-up", ended: endedIn({ outcomes }), failed: failedIn({ outcomes }) });
  } finally {
    await load.remove();
  }
}
