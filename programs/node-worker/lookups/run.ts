import { instants } from "../../../runner/load/schedule/instants.ts";
import type { LoadClock } from "../load-clock.ts";
import type { EngineRun } from "../report.ts";
import type { LookupsSpec } from "../spec.ts";
import { Tally } from "../tally.ts";
import { pace } from "../undici/pacer.ts";
import { type Found, judged, NameCounts, nameOf, readResolvConf } from "./found.ts";
import { type LookupOutcome, resolveWith } from "./resolve.ts";

/**
 * Looks names up at scheduled instants, one name after the other in turn (open loop). A look-up that meets the timeout goes
 * on, and stays under way, until the resolver ends it.
 */
export async function runLookups(
  spec: LookupsSpec,
  clock: LoadClock,
  signal: AbortSignal,
): Promise<EngineRun & { readonly found: Found }> {
  const tally = new Tally(spec.sliceMs);
  const names = spec.names.map((name) => ({ name, counts: new NameCounts(name) }));
  const resolve = resolveWith(spec.resolver);
  const unfinished = new Set<Promise<void>>();
  let underWay = 0;
  let number = 0;

  await pace(instants(spec, spec), clock, signal, (atMs) => {
    const own = number++;
    const of = names[own % names.length];
    if (!of) return;
    tally.schedule(atMs);
    tally.scheduleLag.recordMs(clock.nowMs() - atMs);
    const end = (outcome: LookupOutcome | "not-sent") => {
      const tookMs = clock.nowMs() - atMs;
      tally.finish(atMs, judged(of.name, outcome), tookMs);
      of.counts.endedAt(atMs, outcome, tookMs);
    };
    if (underWay >= spec.maxInFlight) return end("not-sent");
    underWay++;
    const answer = resolve(nameOf(of.name, spec.worker, own)).finally(() => underWay--);
    const ended = within(answer, atMs + spec.timeoutMs - clock.nowMs()).then(end);
    unfinished.add(ended);
    ended.finally(() => unfinished.delete(ended));
  });
  await Promise.all(unfinished);
  const found = {
    resolver: spec.resolver,
    lookups: names.map(({ counts }) => counts.report()),
    resolvConf: readResolvConf(),
  };
  return { tally, lines: [], bytesRead: 0, maxInFlight: spec.maxInFlight, timelinesLeftOut: 0, saturated: [], found };
}

/** The answer, or dns-timeout if it takes longer. */
async function within(answer: Promise<LookupOutcome>, patienceMs: number): Promise<LookupOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LookupOutcome>((resolve) => {
    timer = setTimeout(() => resolve("dns-timeout"), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
