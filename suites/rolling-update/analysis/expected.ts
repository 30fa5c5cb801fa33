/**
 * How many requests should fail on a path, by the instants of pods, rules and proxies alone: no failed request is looked
 * at. Rate × time × share of dead endpoints, summed over the stretches of the load in which the endpoints that the path
 * leads to, and which of them are dead, stay the same.
 */

import { mean, sorted, sum } from "../../../runner/analysis/samples.ts";
import { type EndpointSync, hostOf, type PathLog, type RolloutInput } from "./input.ts";
import type { Lead } from "./observed.ts";
import { gonePods } from "./pods.ts";
import { allTriesDeadAtRandom, allTriesDeadInTurn } from "./retry-odds.ts";

/** An address is led to, or its pod is dead, from one instant until before another. */
interface Span {
  readonly ip: string;
  readonly fromUnixMs: number;
  readonly untilUnixMs: number;
}

interface Load {
  readonly startUnixMs: number;
  readonly endUnixMs: number;
  readonly perMs: number;
}

/** Per path; null where nothing says when it began and ceased to lead to an endpoint, or when a pod had ended. */
export function expectedFailures(input: RolloutInput): ReadonlyMap<string, number | null> {
  const { paths, observed } = input;
  // A pod that went away without being seen to end would count as alive.
  if (observed.unseen.some(({ kind }) => kind === "ends-not-seen"))
    return new Map(paths.map(({ name }) => [name, null]));
  const dead = deadSpans(input);
  return new Map(paths.map((path) => [path.name, onPath(path, dead, input)]));
}

function onPath(path: PathLog, dead: readonly Span[], input: RolloutInput): number | null {
  const load = loadOf(input);
  if (!load) return null;
  if (path.leadsBy === "endpoints") {
    if (path.syncs === null || path.syncs.length === 0) return null;
    return failing(path, ledBySyncs(path.syncs), dead, load);
  }
  const byNode = path.nodes.map((node) => ledByRules(input.observed.leads.filter((lead) => lead.node === node)));
  if (byNode.length === 0 || byNode.some((led) => led.length === 0)) return null;
  return mean(byNode.map((led) => failing(path, led, dead, load)));
}

/** Requests are spread over the paths evenly, and over the load. */
function loadOf({ startUnixMs, scheduled, requests, paths }: RolloutInput): Load | null {
  const lastMs = requests.reduce((latest, { at }) => Math.max(latest, at), 0);
  if (lastMs === 0 || scheduled === 0 || paths.length === 0) return null;
  return { startUnixMs, endUnixMs: startUnixMs + lastMs, perMs: scheduled / paths.length / lastMs };
}

function failing(path: PathLog, led: readonly Span[], dead: readonly Span[], load: Load): number {
  const keeps = path.leadsBy === "service" && path.keepsConnections;
  const tries = path.retries?.tries ?? 1;
  const stretches = stretchesOf(led, dead, load);
  const odds = (each: Stretch) =>
    path.leadsBy === "service"
      ? allTriesDeadAtRandom(each.dead.size, each.led, tries)
      : allTriesDeadInTurn(each.dead.size, each.led, tries);
  if (!keeps) return sum(stretches.map((each) => load.perMs * each.ms * odds(each)));
  return sum(
    stretches.map((each, index) => reconnecting(each, stretches[index - 1], load.perMs * each.ms, odds(each))),
  );
}

/**
 * A path that keeps its connections looks for an endpoint only when one has died: then request after request fails until a
 * new connection meets a living one, 1/(1 − odds) − 1 of them on average, but no more than there are.
 */
function reconnecting(now: Stretch, before: Stretch | undefined, requests: number, odds: number): number {
  if (now.led === 0) return requests;
  const died = [...now.dead].filter((ip) => !before?.dead.has(ip)).length;
  if (now.dead.size === now.led) return requests;
  return Math.min(requests, ((died / now.led) * odds) / (1 - odds));
}

interface Stretch {
  readonly ms: number;
  readonly led: number;
  /** Addresses that are led to and dead. */
  readonly dead: ReadonlySet<string>;
}

function stretchesOf(led: readonly Span[], dead: readonly Span[], load: Load): Stretch[] {
  const changes = [...led, ...dead].flatMap((span) => [span.fromUnixMs, span.untilUnixMs]);
  const within = changes.filter((at) => at > load.startUnixMs && at < load.endUnixMs);
  const edges = sorted([...new Set([load.startUnixMs, ...within, load.endUnixMs])]);
  return edges.slice(1).map((untilUnixMs, index) => {
    const fromUnixMs = edges[index] ?? untilUnixMs;
    const ledThen = addressesAt(led, fromUnixMs);
    const deadThen = addressesAt(dead, fromUnixMs);
    return {
      ms: untilUnixMs - fromUnixMs,
      led: ledThen.size,
      dead: new Set([...ledThen].filter((ip) => deadThen.has(ip))),
    };
  });
}

function addressesAt(spans: readonly Span[], atUnixMs: number): Set<string> {
  const then = spans.filter(({ fromUnixMs, untilUnixMs }) => fromUnixMs <= atUnixMs && atUnixMs < untilUnixMs);
  return new Set(then.map(({ ip }) => ip));
}

function ledBySyncs(syncs: readonly EndpointSync[]): Span[] {
  return syncs.flatMap(({ atUnixMs, addresses }, index) =>
    addresses.map((address) => ({
      ip: hostOf(address),
      fromUnixMs: index === 0 ? Number.NEGATIVE_INFINITY : atUnixMs,
      untilUnixMs: syncs[index + 1]?.atUnixMs ?? Number.POSITIVE_INFINITY,
    })),
  );
}

/** @param leads of one node, in order of time */
function ledByRules(leads: readonly Lead[]): Span[] {
  return leads.flatMap(({ address, atUnixMs, led }, index) => {
    if (!led) return [];
    const gone = leads.slice(index + 1).find((later) => later.address === address);
    return [{ ip: address, fromUnixMs: atUnixMs, untilUnixMs: gone?.atUnixMs ?? Number.POSITIVE_INFINITY }];
  });
}

function deadSpans(input: RolloutInput): Span[] {
  return gonePods(input).flatMap(({ ip, deadFromUnixMs, deadUntilUnixMs }) =>
    deadFromUnixMs === null ? [] : [{ ip, fromUnixMs: deadFromUnixMs, untilUnixMs: deadUntilUnixMs }],
  );
}
