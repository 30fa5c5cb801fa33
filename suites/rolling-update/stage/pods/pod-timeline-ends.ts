import type { Instant, ObservedPod } from "../../analysis/observed.ts";
import type { Change, EndpointState, PodLog } from "./pod-timeline-log.ts";
import type { NodeEvent, NodeRecord } from "./pod-timeline-node.ts";

/** A pod that went away, and how: by a deletion, or because its process ended while nobody wanted that. */
export interface PodEnd {
  readonly how: "deleted" | "crashed";
  readonly atUnixMs: number;
  /** Whether its process has ended for sure, be that seen or not. */
  readonly isOver: boolean;
  readonly pod: ObservedPod;
}

/** Instants of different clocks and sources that belong together may come in the wrong order by so much. */
const SLACK_MS = 500;

/** Pure: every end of every pod that was ready before; one that crashed several times has several. */
export function podEnds(logs: readonly PodLog[], nodes: readonly NodeRecord[]): PodEnd[] {
  return logs
    .flatMap((log) => endsOf(log, logs, nodes))
    .sort((a, b) => a.atUnixMs - b.atUnixMs || a.pod.pod.localeCompare(b.pod.pod));
}

function endsOf(log: PodLog, logs: readonly PodLog[], nodes: readonly NodeRecord[]): PodEnd[] {
  const lives = livesOf(log, nodes);
  const { deletedAtUnixMs } = log;
  const crashes = lives.flatMap((life, index): PodEnd[] => {
    const atUnixMs = life.exitedAtUnixMs;
    if (atUnixMs === null || (deletedAtUnixMs !== null && atUnixMs >= deletedAtUnixMs - SLACK_MS)) return [];
    const untilUnixMs = lives[index + 1]?.exitedAtUnixMs ?? deletedAtUnixMs ?? Number.POSITIVE_INFINITY;
    const pod = observed(log, nodes, life, { how: "crashed", atUnixMs, untilUnixMs });
    return [{ how: "crashed", atUnixMs, isOver: true, pod }];
  });
  const ends = [...crashes];
  if (deletedAtUnixMs !== null) {
    const life = lives.at(-1) ?? UNKNOWN_LIFE;
    const untilUnixMs = addressTakenOver(log, logs);
    const pod = observed(log, nodes, life, { how: "deleted", atUnixMs: deletedAtUnixMs, untilUnixMs });
    const atUnixMs = pod.deleteRequestedAtUnixMs ?? deletedAtUnixMs;
    ends.push({ how: "deleted", atUnixMs, isOver: log.removedAtUnixMs !== null, pod });
  }
  return ends.filter((end) => end.pod.readyAtUnixMs !== null);
}

interface Ending {
  readonly how: PodEnd["how"];
  readonly atUnixMs: number;
  /** From when on what is said of its address and its endpoint means something else. */
  readonly untilUnixMs: number;
}

function observed(log: PodLog, nodes: readonly NodeRecord[], life: Life, ending: Ending): ObservedPod {
  const { how, atUnixMs } = ending;
  const endpoint = endpointAfterReady(log, ending);
  const terminatingAtUnixMs = endpoint[0]?.atUnixMs ?? null;
  const stopSignal = life.signals.find((each) => each.atUnixMs >= atUnixMs - SLACK_MS);
  const readyAtUnixMs = log.readiness.findLast((each) => each.to && each.atUnixMs <= atUnixMs)?.atUnixMs ?? null;
  const unlisted = endpoint.find((each) => each.to !== "unready" && each.atUnixMs >= atUnixMs - SLACK_MS);
  const consequences = [unlisted, stopSignal].flatMap((each) => each?.atUnixMs ?? []);
  return {
    pod: log.pod,
    uid: log.uid,
    ip: log.ip,
    node: log.node,
    readyAtUnixMs,
    // Word of it may reach us later than word of what came of it.
    deleteRequestedAtUnixMs: how === "deleted" ? Math.min(atUnixMs, ...consequences) : null,
    terminatingAtUnixMs,
    endpointGoneAtUnixMs: endpoint.find((each) => each.to === "absent")?.atUnixMs ?? null,
    proxyGoneAtUnixMs: Object.fromEntries(nodes.map(({ node, events }) => [node, proxyGone(log, events, ending)])),
    signal: stopSignal ? { name: stopSignal.signal, atUnixMs: stopSignal.atUnixMs } : null,
    exitedAtUnixMs: life.exitedAtUnixMs,
    ignoresSigterm: life.ignoresSigterm,
  };
}

/** What became of its endpoint after it was ready for the last time before the end. */
function endpointAfterReady({ endpoint }: PodLog, { atUnixMs, untilUnixMs }: Ending): Change<EndpointState>[] {
  const ready = endpoint.findLastIndex((each) => each.to === "ready" && each.atUnixMs <= atUnixMs);
  return endpoint.filter(
    (each, index) => each.atUnixMs < untilUnixMs && (ready === -1 ? each.atUnixMs >= atUnixMs : index > ready),
  );
}

/**
 * When a node's rules led to the pod for the last time; the instant at which it became ready if they never did, null if
 * they still do, or are not to be seen.
 */
function proxyGone(log: PodLog, events: readonly NodeEvent[], { how, atUnixMs, untilUnixMs }: Ending): Instant {
  const leads = events.filter((each) => each.kind === "led" || each.kind === "gone");
  if (!leads.some((each) => each.kind === "led")) return null;
  const ours = leads.filter((each) => each.address === log.ip && each.atUnixMs < untilUnixMs);
  if (how === "crashed") {
    const first = ours.find((each) => each.kind === "gone" && each.atUnixMs >= atUnixMs - SLACK_MS);
    if (first) return first.atUnixMs;
  }
  const last = ours.at(-1);
  if (last?.kind === "led") return null;
  const wasLed = last !== undefined && last.atUnixMs >= log.firstSeenUnixMs;
  return wasLed ? last.atUnixMs : (log.readiness.find((each) => each.to)?.atUnixMs ?? null);
}

/** One instance of a pod's main container, by its node's agent. */
interface Life {
  readonly foundAtUnixMs: Instant;
  readonly ignoresSigterm: boolean | null;
  readonly signals: readonly { readonly signal: string; readonly atUnixMs: number }[];
  readonly exitedAtUnixMs: Instant;
}

const UNKNOWN_LIFE: Life = { foundAtUnixMs: null, ignoresSigterm: null, signals: [], exitedAtUnixMs: null };

function livesOf(log: PodLog, nodes: readonly NodeRecord[]): Life[] {
  const events = nodes.find(({ node }) => node === log.node)?.events ?? [];
  return log.containers.map((container) => {
    const own = events.filter((each) => "container" in each && each.container === container);
    const found = own.find((each) => each.kind === "process");
    return {
      foundAtUnixMs: found?.atUnixMs ?? null,
      ignoresSigterm: found?.ignoresSigterm ?? null,
      signals: own.filter((each) => each.kind === "signal").sort((a, b) => a.atUnixMs - b.atUnixMs),
      exitedAtUnixMs: own.find((each) => each.kind === "exit")?.atUnixMs ?? null,
    };
  });
}

/** When a pod that came later got this one's address. */
function addressTakenOver(log: PodLog, logs: readonly PodLog[]): number {
  const later = logs.filter(
    (each) => each.uid !== log.uid && each.ip === log.ip && each.firstSeenUnixMs > (log.deletedAtUnixMs ?? 0),
  );
  return Math.min(...later.map((each) => each.firstSeenUnixMs));
}
