/** Where everything of a rollout's drawing stands: the rows of each pod, top to bottom, in pixels, and the time axis. */
import type { PodTimeline, Rollout, Window } from "../../evidence.ts";
import { type LaneView, type Scene, stoppedAtMs } from "../view/rollouts.ts";

/** A party that leads requests to a pod, and until when it led to this one. */
export interface LeadRow {
  readonly party: string;
  readonly y: number;
  /** ms since the load's start; null: not seen. */
  readonly untilMs: number | null;
  /** Of a path whose proxy chooses: its last try there, if later, as of a request that it had begun before. */
  readonly lastTryMs: number | null;
}

/** The rows of one pod, or of what has no pod. */
export interface LaneBox {
  readonly view: LaneView;
  readonly heading: string;
  /** Where it ran, in few words; "" if unknown. */
  readonly detail: string;
  readonly top: number;
  readonly bottom: number;
  readonly headingY: number;
  /** Middle of the row of failed requests. */
  readonly failedY: number;
  readonly processY: number;
  readonly leads: readonly LeadRow[];
}

export interface RolloutLayout {
  readonly boxes: readonly LaneBox[];
  readonly height: number;
  /** ms since the load's start. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What the axis counts from, ms since the load's start. */
  readonly zeroMs: number;
}

const HEADING = 20;
const FAILED = 24;
const ROW = 15;
const GAP = 14;

/** @param windows those of this rollout */
export function layoutOf(scene: Scene, rollout: Rollout | null, windows: readonly Window[]): RolloutLayout {
  const boxes: LaneBox[] = [];
  let top = 0;
  for (const view of scene.lanes) {
    const box = boxOf(view, top, windows);
    boxes.push(box);
    top = box.bottom + GAP;
  }
  const instants = boxes.flatMap(instantsOf);
  const first = Math.min(...instants, rollout && instants.length === 0 ? rollout.startedAtMs : Infinity);
  const last = Math.max(...instants, rollout && instants.length === 0 ? rollout.startedAtMs + 1000 : -Infinity);
  const span = Math.max(200, last - first);
  return {
    boxes,
    height: Math.max(0, top - GAP),
    fromMs: first - 0.06 * span,
    toMs: last + 0.08 * span,
    zeroMs: rollout?.startedAtMs ?? 0,
  };
}

function boxOf(view: LaneView, top: number, windows: readonly Window[]): LaneBox {
  const { lane } = view;
  const timeline = lane.kind === "pod" ? lane.timeline : null;
  const leads = timeline ? leadsOf(timeline, windows) : [];
  const headingY = top + HEADING / 2;
  const failedY = top + HEADING + FAILED / 2;
  const processY = top + HEADING + FAILED + ROW / 2;
  const rows = timeline ? 1 + leads.length : 0;
  return {
    view,
    ...headingOf(view),
    top,
    bottom: top + HEADING + FAILED + rows * ROW,
    headingY,
    failedY,
    processY,
    leads: leads.map((lead, i) => ({ ...lead, y: processY + (i + 1) * ROW })),
  };
}

function headingOf({ lane }: LaneView): { readonly heading: string; readonly detail: string } {
  switch (lane.kind) {
    case "pod":
      return {
        heading: lane.name,
        detail: lane.timeline ? `${lane.timeline.ip} on ${lane.timeline.node}` : "its end was not watched",
      };
    case "no-single-pod":
      return { heading: "Explained, no single pod", detail: "" };
    case "unexplained":
      return { heading: "Unexplained", detail: "" };
  }
}

function leadsOf(pod: PodTimeline, windows: readonly Window[]): readonly Omit<LeadRow, "y">[] {
  const stopped = stoppedAtMs(pod);
  const lastTry = (path: string, untilMs: number | null) => {
    const window = windows.find((each) => each.pod === pod.pod && each.path === path);
    if (!window || window.windowMs === 0 || stopped === null) return null;
    const at = stopped + window.windowMs;
    return untilMs === null || at > untilMs ? at : null;
  };
  return [
    { party: "EndpointSlice", untilMs: pod.terminatingAtMs, lastTryMs: null },
    ...Object.entries(pod.proxyGoneAtMs).map(([node, untilMs]) => ({
      party: `kube-proxy ${node}`,
      untilMs,
      lastTryMs: null,
    })),
    ...Object.entries(pod.ingressGoneAtMs).map(([path, untilMs]) => ({
      party: path,
      untilMs,
      lastTryMs: lastTry(path, untilMs),
    })),
  ];
}

/** From a pod's deletion on; when it became ready may be long before. */
function instantsOf({ view: { lane, failed }, leads }: LaneBox): readonly number[] {
  const timeline = lane.kind === "pod" ? lane.timeline : null;
  const ends = timeline ? [timeline.deleteRequestedAtMs, stoppedAtMs(timeline), timeline.exitedAtMs] : [];
  const led = leads.flatMap(({ untilMs, lastTryMs }) => [untilMs, lastTryMs]);
  const known = [...ends, ...led].filter((at): at is number => at !== null);
  return [...known, ...failed.flatMap(({ atMs, endMs }) => [atMs, endMs])];
}

/** Latest instant at which anybody was seen to lead there; null where that is not after the pod's stop. */
export function ledUntilMs(pod: PodTimeline, leads: readonly LeadRow[]): number | null {
  const stopped = stoppedAtMs(pod);
  const last = Math.max(...leads.flatMap(({ untilMs, lastTryMs }) => [untilMs ?? -Infinity, lastTryMs ?? -Infinity]));
  return stopped !== null && last > stopped ? last : null;
}
