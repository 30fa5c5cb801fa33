import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { isNotFound } from "../../../../runner/cluster/cluster.ts";
import type { PodRef } from "../../../../runner/cluster/pod-ref.ts";
import { reasonOf } from "../../../../runner/errors.ts";
import { type EndEvent, endWords, unixMs } from "./nginx-words.ts";
import type { NodesWatch } from "./nodes-watch.ts";
import type { NodeEvent, NodeRecord } from "./pod-timeline-node.ts";

/** For the last words of a pod that has been told to stop. */
const LAST_WORDS_MS = 2_000;

const AGAIN_AFTER_MS = 250;
const GONE = "gone";
/** Of longer lines the beginning is enough. */
const LONGEST_LINE = 4_096;

/** Passes on a container's log, each line behind the instant at which its node got it, until it ends or the signal comes. */
export type FollowLog = (from: PodRef, onText: (text: string) => void, until: AbortSignal) => Promise<void>;

/** What is heard from one node. */
interface Heard {
  readonly events: NodeEvent[];
  /** The shortest that any of its lines was on the way, by two clocks: less than 0 where the node's is ahead. */
  quickestMs: number | null;
  broken: string | null;
}

/**
 * Where the cluster refuses agents, the pods' own logs tell of their ends, which takes no right on nodes. The rules that lead
 * to pods nobody reads then. Instants stay those of the nodes' clocks, as the proxies' records are.
 * @param refused why there are no agents
 */
export function watchByLogs(followLog: FollowLog, container: string, refused: string, signal: AbortSignal): NodesWatch {
  const nodes = new Map<string, Heard>();
  const following = new Map<string, Promise<void>>();
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);

  const follow = async ({ metadata, spec }: V1Pod, containerId: string) => {
    const heard = heardFrom(nodes, spec?.nodeName ?? "");
    const from = { namespace: metadata?.namespace ?? "", pod: metadata?.name ?? "", container };
    let trouble: string | null = null;
    // Nodes break logs off, where they are short of file watchers for instance: then it is read again from the beginning.
    while (!until.aborted && !hasTold(heard, containerId, "exit")) {
      const onText = inLines(listener(heard, endWords(containerId)));
      const said = await followLog(
        from,
        (text) => {
          trouble = null;
          onText(text);
        },
        until,
      ).then(() => null, reasonOrGone);
      if (said === GONE) return;
      if (until.aborted) break;
      trouble = said;
      await sleep(AGAIN_AFTER_MS, undefined, { signal: until }).catch(() => undefined);
    }
    if (trouble !== null && !hasTold(heard, containerId, "exit"))
      heard.broken ??= `the log of pod ${from.pod}: ${trouble}`;
  };

  return {
    present(pod, containerId) {
      if (containerId === undefined || following.has(containerId)) return;
      following.set(containerId, follow(pod, containerId));
    },
    leadsTo: () => false,
    async end() {
      const leaving = [...following].flatMap(([id, log]) =>
        [...nodes.values()].some((heard) => hasTold(heard, id, "signal")) ? [log] : [],
      );
      await Promise.race([Promise.all(leaving), timeLimit(LAST_WORDS_MS)]);
      ended.abort();
      await Promise.all(following.values());
      return [...nodes].map(([node, heard]) => recordOf(node, heard, refused));
    },
  };
}

function inLines(onLine: (line: string) => void): (text: string) => void {
  let begun = "";
  return (text) => {
    const lines = (begun + text).split("\n");
    begun = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) onLine(line);
  };
}

function heardFrom(nodes: Map<string, Heard>, node: string): Heard {
  const heard = nodes.get(node) ?? { events: [], quickestMs: null, broken: null };
  nodes.set(node, heard);
  return heard;
}

function hasTold({ events }: Heard, container: string, kind: EndEvent["kind"]): boolean {
  return events.some((each) => each.kind === kind && each.container === container);
}

/** Takes down what a log's lines say, each thing once, and how long they were on the way. */
function listener(heard: Heard, words: (line: string) => EndEvent | null): (line: string) => void {
  return (line) => {
    const saidAtUnixMs = unixMs(line.slice(0, line.indexOf(" ")));
    if (saidAtUnixMs !== null) {
      const onTheWayMs = Date.now() - saidAtUnixMs;
      heard.quickestMs = Math.min(heard.quickestMs ?? onTheWayMs, onTheWayMs);
    }
    const event = words(line);
    if (event && !hasTold(heard, event.container, event.kind)) heard.events.push(event);
  };
}

/** A pod that is gone has no log any more. */
function reasonOrGone(error: unknown): string {
  return isNotFound(error) ? GONE : reasonOf(error);
}

/** A clock that agrees with ours leaves its lines some ms on the way: by no more may it be off, or they are as slow as that. */
function recordOf(node: string, { events, quickestMs, broken }: Heard, refused: string): NodeRecord {
  const blind: NodeEvent = { kind: "blind", what: "rules", reason: refused, atUnixMs: 0 };
  return {
    node,
    events: [blind, ...events],
    clock: quickestMs === null ? null : { aheadMs: 0, errorMs: Math.abs(quickestMs) },
    ownCpuMs: 0,
    broken,
  };
}

function timeLimit(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
