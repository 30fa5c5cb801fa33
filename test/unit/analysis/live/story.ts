/** Events of a run as they are told, each at a second of its own, for tests of what is made of them. */
import type { BlockSeen, LiveEvent, Stamped } from "../../../../runner/analysis/live/events.ts";
import { type LiveState, NOTHING_YET, next } from "../../../../runner/analysis/live/state.ts";
import type { Role } from "../../../../runner/result/result.ts";

export const BEGAN_MS = Date.UTC(2026, 2, 1, 8);
export const LOAD_MS = 20_000;

/** Words that would steer a terminal, or be markup on a page. */
export const HOSTILE = '<img src=x onerror="alert(1)">\u001b[2J\u202e&amp;';

export interface Told {
  readonly atS: number;
  readonly event: LiveEvent;
}

export function stamped(told: readonly Told[]): Stamped[] {
  return told.map(({ atS, event }) => ({ ...event, atUnixMs: BEGAN_MS + atS * 1000 }));
}

export function stateAfter(told: readonly Told[]): LiveState {
  return stamped(told).reduce(next, NOTHING_YET);
}

export function atMs(atS: number): number {
  return BEGAN_MS + atS * 1000;
}

export function planned(more: Partial<Extract<LiveEvent, { kind: "course-began" }>> = {}): LiveEvent {
  return {
    ...{ kind: "course-began", suite: "connection-flood", way: "in-turn", endsAtUnixMs: null },
    arms: { baseline: "baseline", tuned: "recommended" },
    ...{ plannedRounds: 5, mostRounds: 10, looksAfterRounds: [5] },
    ...more,
  };
}

interface BlockTold {
  readonly number: number;
  readonly round: number;
  readonly role: Role;
  readonly startsS: number;
  readonly takesS?: number;
  readonly seen?: Partial<BlockSeen>;
  readonly fill?: number;
}

export const SEEN: BlockSeen = { state: "counts", scheduled: 8_000, ok: 7_990, okPerSecond: 399.5, p99Ms: 12 };

/** A block's whole life. */
export function lived({ number, round, role, startsS, takesS = 40, seen, fill = 0.25 }: BlockTold): Told[] {
  return [
    ...underLoad({ number, round, role, startsS, fill }),
    { atS: startsS + takesS - 2, event: { kind: "phase-entered", block: of(number, round, role), phase: "ending" } },
    { atS: startsS + takesS - 1, event: { kind: "phase-entered", block: of(number, round, role), phase: "left" } },
    { atS: startsS + takesS, event: { kind: "block-ended", number, role, round, seen: { ...SEEN, ...seen } } },
  ];
}

function of(number: number, round: number, role: Role) {
  return { number, arm: role === "baseline" ? "baseline" : "recommended", round };
}

/** Up to its load, which begins 10 s after its start. */
export function underLoad({ number, round, role, startsS, fill = 0.25 }: BlockTold): Told[] {
  const block = of(number, round, role);
  const enter = (
    atS: number,
    phase: "switching-arm" | "deploying" | "draining" | "load-to-gate" | "at-gate",
  ): Told => ({
    atS,
    event: { kind: "phase-entered", block, phase },
  });
  const sample = (atS: number, node: string, share: number): Told => ({
    atS,
    event: { kind: "sample-read", number, node, entries: Math.round(share * 100_000), limit: 100_000 },
  });
  return [
    { atS: startsS, event: { kind: "block-started", block, role } },
    enter(startsS, "switching-arm"),
    enter(startsS + 2, "deploying"),
    enter(startsS + 4, "draining"),
    enter(startsS + 6, "load-to-gate"),
    enter(startsS + 8, "at-gate"),
    sample(startsS + 8, "node-1", 0.01),
    sample(startsS + 8, "node-2", 0.02),
    {
      atS: startsS + 9,
      event: {
        ...{ kind: "phase-entered", block, phase: "load", loadMs: LOAD_MS },
        startsAtUnixMs: BEGAN_MS + (startsS + 10) * 1000,
      },
    },
    sample(startsS + 11, "node-1", fill),
    sample(startsS + 11, "node-2", fill / 2),
  ];
}

/** A warm-up and two rounds, and the baseline's block of the third under load: `nowS` is its 12th second. */
export const IN_THE_MIDDLE: readonly Told[] = [
  { atS: -30, event: { kind: "suites-planned", suites: ["connection-flood", "dns-storm"] } },
  { atS: -25, event: { kind: "noted", text: "Plan: connection-flood about 9 min (5 rounds)" } },
  { atS: -1, event: planned() },
  ...lived({ number: 0, round: 0, role: "baseline", startsS: 0, takesS: 60 }),
  ...lived({ number: 1, round: 1, role: "baseline", startsS: 60, takesS: 40 }),
  ...lived({ number: 2, round: 1, role: "tuned", startsS: 100, takesS: 44, seen: { p99Ms: 8 } }),
  { atS: 144, event: { kind: "round-ended", rounds: 1, usable: 1, mostUsable: 1 } },
  ...lived({ number: 3, round: 2, role: "tuned", startsS: 144, takesS: 40, seen: { state: "void", p99Ms: null } }),
  ...lived({ number: 4, round: 2, role: "baseline", startsS: 184, takesS: 40, seen: { p99Ms: 1_040, ok: 7_000 } }),
  { atS: 224, event: { kind: "round-ended", rounds: 2, usable: 1, mostUsable: 2 } },
  ...underLoad({ number: 5, round: 3, role: "baseline", startsS: 224, fill: 0.9 }),
];
export const MIDDLE_NOW_MS = atMs(245);
