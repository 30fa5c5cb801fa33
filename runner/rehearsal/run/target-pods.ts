/** Which pods the targets have while a stage runs, and what of them is seen. Pure: instants are given, on the runner's clock. */
import type { StagePods } from "../../result/rehearsal.ts";
import type { WebPod } from "../../workloads/web.ts";

/** A pod behind a Service. */
export interface PodBehind extends WebPod {
  /** It is about to end, and new connections are led elsewhere. */
  readonly isLeaving: boolean;
}

/** How long after a pod has come its first sample is waited for before what it drops counts as not seen. */
const AWAITED_MS = 2_000;

interface Known {
  pod: PodBehind;
  readonly targets: readonly string[];
  /** Null: it was there when the stage began. */
  readonly cameAtMs: number | null;
  /** Null: it is still there. */
  wentAtMs: number | null;
  /** From when on its counters are known; null: none was read. */
  seenFromMs: number | null;
}

export interface Moves {
  readonly came: readonly PodBehind[];
  readonly went: readonly PodBehind[];
}

export class TargetPods {
  readonly #agentNodes: readonly string[];
  readonly #pods = new Map<string, Known>();
  /** UIDs by Service. */
  readonly #services = new Map<string, ReadonlySet<string>>();
  readonly #unlisted: readonly string[];
  readonly #cuts: { readonly fromMs: number; readonly untilMs: number }[] = [];
  #placedBefore: StagePods["placed"] = [];
  #beganAtMs: number | null = null;

  /**
   * @param agentNodes on which counters of pods can be read
   * @param unlisted targets whose pods nobody can tell
   */
  constructor(agentNodes: readonly string[], unlisted: readonly string[]) {
    this.#agentNodes = agentNodes;
    this.#unlisted = unlisted;
  }

  /** Whether all pods of all targets are known. */
  get isKnown(): boolean {
    return this.#unlisted.length === 0;
  }

  /** All pods that a Service has now. */
  present(service: string, targets: readonly string[], pods: readonly PodBehind[], atMs: number): Moves {
    this.#services.set(service, new Set(pods.map(({ uid }) => uid)));
    const came = pods.filter((pod) => this.#take(pod, targets, atMs));
    const went: PodBehind[] = [];
    for (const [uid, known] of this.#pods) {
      if (known.wentAtMs !== null || [...this.#services.values()].some((uids) => uids.has(uid))) continue;
      known.wentAtMs = atMs;
      went.push(known.pod);
    }
    return { came, went };
  }

  /** What is known by now was there before the stage. */
  begin(atMs: number): void {
    this.#beganAtMs = atMs;
    this.#placedBefore = this.placement();
  }

  /** Of one node. */
  sampled(samples: readonly { readonly where: string; readonly began?: true }[], atMs: number): void {
    for (const { where, began } of samples) {
      const known = where.startsWith("pod:") ? this.#pods.get(where.slice("pod:".length)) : undefined;
      if (known) known.seenFromMs ??= began ? (known.cameAtMs ?? atMs) : atMs;
    }
  }

  /** What happened meanwhile may not be known. */
  cut(fromMs: number, untilMs: number): void {
    this.#cuts.push({ fromMs, untilMs });
  }

  /** Whether every pod that was there could be read, as far as can be said by now. */
  isSeenIn(fromMs: number, untilMs: number): boolean {
    if (this.#cuts.some((cut) => cut.fromMs < untilMs && cut.untilMs > fromMs)) return false;
    return [...this.#pods.values()].every((known) => this.#isSeenIn(known, fromMs, untilMs));
  }

  /** Whether each that was there at the beginning was read, where one can. */
  get isBegun(): boolean {
    return [...this.#pods.values()].every(
      ({ pod, seenFromMs, wentAtMs }) => seenFromMs !== null || wentAtMs !== null || !this.#hasAgent(pod),
    );
  }

  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  nameOf(uid: string): string | undefined {
    return this.#pods.get(uid)?.pod.name;
  }

  cameSince(atMs: number): number {
    return [...this.#pods.values()].filter(({ cameAtMs }) => cameAtMs !== null && cameAtMs >= atMs).length;
  }

  /** How many of each target's pods each node has, without those that are about to end. */
  placement(): StagePods["placed"] {
    const placed = new Map<string, { target: string; node: string; pods: number }>();
    for (const { pod, targets, wentAtMs } of this.#pods.values()) {
      if (wentAtMs !== null || pod.isLeaving) continue;
      for (const target of targets) {
        const key = `${target} ${pod.node}`;
        const { pods } = placed.get(key) ?? { pods: 0 };
        placed.set(key, { target, node: pod.node, pods: pods + 1 });
      }
    }
    return [...placed.keys()].sort().flatMap((key) => placed.get(key) ?? []);
  }

  /** Of a stage's load, from its start to its end. */
  told(startMs: number, endMs: number): StagePods {
    const all = [...this.#pods.values()];
    const atS = (ms: number) => Math.max(0, (ms - startMs) / 1000);
    const within = (ms: number | null): ms is number => ms !== null && ms >= startMs && ms <= endMs;
    return {
      placed: [...this.#placedBefore],
      came: all.flatMap(({ pod, cameAtMs }) => (within(cameAtMs) ? [{ pod: pod.name, atS: atS(cameAtMs) }] : [])),
      went: all.flatMap(({ pod, wentAtMs }) => (within(wentAtMs) ? [{ pod: pod.name, atS: atS(wentAtMs) }] : [])),
      unseen: all.flatMap((known) => this.#unseen(known, startMs, endMs)),
      unlisted: [...this.#unlisted],
      cutS: this.#cuts.reduce(
        (sum, cut) => sum + Math.max(0, Math.min(endMs, cut.untilMs) - Math.max(startMs, cut.fromMs)) / 1000,
        0,
      ),
    };
  }

  /** Whether it is one that was not there. */
  #take(pod: PodBehind, targets: readonly string[], atMs: number): boolean {
    const known = this.#pods.get(pod.uid);
    if (known === undefined) {
      const cameAtMs = this.#beganAtMs === null ? null : atMs;
      this.#pods.set(pod.uid, { pod, targets, cameAtMs, wentAtMs: null, seenFromMs: null });
      return true;
    }
    const isBack = known.wentAtMs !== null;
    known.pod = pod;
    known.wentAtMs = null;
    return isBack;
  }

  #hasAgent({ node }: PodBehind): boolean {
    return this.#agentNodes.includes(node);
  }

  #isSeenIn(known: Known, fromMs: number, untilMs: number): boolean {
    const [from, until] = stretch(known, fromMs, untilMs);
    if (from >= until) return true;
    if (!this.#hasAgent(known.pod)) return false;
    if (known.seenFromMs !== null) return known.seenFromMs <= from;
    const isAwaited = until <= (known.cameAtMs ?? this.#beganAtMs ?? until) + AWAITED_MS;
    return isAwaited && known.wentAtMs === null;
  }

  #unseen(known: Known, startMs: number, endMs: number): StagePods["unseen"] {
    const { pod, seenFromMs } = known;
    const [from, until] = stretch(known, startMs, endMs);
    const unseenUntil = seenFromMs === null ? until : Math.min(until, seenFromMs);
    if (from >= unseenUntil) return [];
    const because = !this.#hasAgent(pod) ? "no-agent" : seenFromMs === null ? "not-found" : "late";
    return [{ pod: pod.name, node: pod.node === "" ? null : pod.node, because, forS: (unseenUntil - from) / 1000 }];
  }
}

/** How long of a time it was there. */
function stretch({ cameAtMs, wentAtMs }: Known, fromMs: number, untilMs: number): readonly [number, number] {
  return [Math.max(fromMs, cameAtMs ?? fromMs), Math.min(untilMs, wentAtMs ?? untilMs)];
}
