import type { RolloutInput, TracedRequest } from "./input.ts";
import type { Lead, Observed, ObservedPod } from "./observed.ts";

/** A pod that went away, and with which rollout. One that was killed and later deleted went away twice. */
export interface GonePod extends ObservedPod {
  /** Index of its rollout. */
  readonly rollout: number;
  /** Its process was killed, and nobody had asked for the pod to go. */
  readonly wasKilled: boolean;
  /** From then on it answered nothing new: it had its stop signal, or its process had ended. Null: neither was seen. */
  readonly deadFromUnixMs: number | null;
  /** Until its process, started again after a kill, or another pod that got the address listened there; Infinity: never. */
  readonly deadUntilUnixMs: number;
}

export function gonePods({ observed, requests, startUnixMs }: RolloutInput): GonePod[] {
  const ends = observed.rollouts.flatMap(({ kind, pods }, rollout) =>
    pods.map((pod) => ({ ...pod, rollout, wasKilled: kind === "kill", deadFromUnixMs: deadFrom(pod) })),
  );
  return ends.map((end) => {
    const from = end.deadFromUnixMs;
    if (from === null) return { ...end, deadUntilUnixMs: Number.POSITIVE_INFINITY };
    const heirs = ends.filter(({ ip, uid }) => ip === end.ip && uid !== end.uid).map((heir) => heir.readyAtUnixMs ?? 0);
    const again = end.wasKilled ? [answersAgainAt(end.pod, from - startUnixMs, requests) + startUnixMs] : [];
    const candidates = [...heirs, ...again, ledAnewAt(end, from, observed)].filter((at) => at > from);
    return { ...end, deadUntilUnixMs: Math.min(Number.POSITIVE_INFINITY, ...candidates) };
  });
}

/** A process that catches no stop signal serves on until it is killed. */
function deadFrom({ signal, exitedAtUnixMs, ignoresSigterm }: ObservedPod): number | null {
  if (!signal || (signal.name === "SIGTERM" && ignoresSigterm)) return exitedAtUnixMs;
  return exitedAtUnixMs === null ? signal.atUnixMs : Math.min(signal.atUnixMs, exitedAtUnixMs);
}

/** When rules that had let go of the address lead to it again: to a pod that is there. */
function ledAnewAt({ ip }: ObservedPod, fromUnixMs: number, { leads }: Observed): number {
  const gone = leads.find(({ address, led, atUnixMs }) => address === ip && !led && atUnixMs > fromUnixMs);
  const anew = gone && leads.find(({ address, led, atUnixMs }) => address === ip && led && atUnixMs > gone.atUnixMs);
  return anew?.atUnixMs ?? Number.POSITIVE_INFINITY;
}

/** When the first request that was begun after its end was answered by it; in ms of the load. */
function answersAgainAt(pod: string, afterMs: number, requests: readonly TracedRequest[]): number {
  const answered = requests.filter((each) => each.pod === pod && each.out === "ok" && each.go > afterMs);
  return answered.reduce((earliest, { go }) => Math.min(earliest, go), Number.POSITIVE_INFINITY);
}

/** The addresses that a node's rules led to then; null where they had not been read yet, or can't be. */
export function ledThen(leads: readonly Lead[], node: string, atUnixMs: number): ReadonlySet<string> | null {
  const before = leads.filter((each) => each.node === node && each.atUnixMs <= atUnixMs);
  if (before.length === 0) return null;
  const led = new Set<string>();
  for (const lead of before) {
    if (lead.led) led.add(lead.address);
    else led.delete(lead.address);
  }
  return led;
}
