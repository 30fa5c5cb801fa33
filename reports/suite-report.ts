import type { Block } from "../runner/result/block.ts";
import type { Evidence, Result } from "../runner/result/result.ts";
import type { Said } from "../runner/result/said.ts";
import type { Markup } from "./html/markup.ts";
import type { WalkWords } from "./html/sections/walk.ts";
import type { Frame } from "./terminal/frame.ts";
import type { ArmView } from "./view/arms.ts";
import type { BlockEvent } from "./view/events.ts";

/** A suite's part of the HTML page. */
export interface SuitePage<E extends Evidence = Evidence> {
  /** Sections between "What changed" and the latencies; null: it has nothing to say there. */
  sections(result: Result<E>, arms: readonly ArmView<E["block"]>[]): readonly (Markup | null)[];
  /** Where the result speaks of connection tracking, what the suite knows of it beside the samples. */
  conntrack?(result: Result<E>, arms: readonly ArmView<E["block"]>[]): ConntrackPart | null;
  /** What happened in the blocks beside the load, for every chart on their time axis. */
  events?(result: Result<E>, arms: readonly ArmView<E["block"]>[]): readonly BlockEvent[];
  /** What walks past the hops, where it is not packets that are lost. */
  readonly walk?: WalkWords;
  /** Style sheets, as text. */
  readonly styles: readonly string[];
}

/** Beside the samples of connection tracking. */
export interface ConntrackPart {
  /** What a model says of the fullest table of each arm. */
  readonly model: readonly OccupancyLine[];
  /** Below the chart. */
  readonly more: Markup | null;
}

export interface OccupancyLine {
  readonly arm: string;
  readonly limit: number;
  readonly points: ReadonlyArray<{ readonly atMs: number; readonly entries: number }>;
}

/** What only a suite can say of its results. */
export interface SuiteReport<E extends Evidence = Evidence> {
  /** What a block came to, in half a line for whoever watches; "" if nothing is to be added. */
  blockLine(block: Block<E["block"]>): string;
  /** How a run differs from the full-size one, in a sentence; "" if it does not. */
  scale(result: Result<E>): string;
  /** What to do now beside what every suite advises; a sentence each. */
  advice(result: Result<E>): readonly string[];
  /** What a reader has to keep in mind beside what every suite notes; a sentence each. */
  notes(result: Result<E>): readonly string[];
  /** What it says in predictions and attribution. @throws Error on a kind that it never says */
  words(said: Said): string;
  /** Its part of the terminal's report, in lines. */
  terminal(frame: Frame<E>): readonly string[];
  /** The terminal tells of the packets' walk only where some were dropped: where requests were lost is said elsewhere. */
  readonly walkOnlyIfDropped?: boolean;
  /** Loads late: drawing needs a DOM. */
  page(): Promise<SuitePage<E>>;
}
