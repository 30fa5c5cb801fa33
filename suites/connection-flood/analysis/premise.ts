/**
 * Whether the flood met what it asks about: a conntrack table near its limit, in either arm, and one that the flood's own
 * connections stand in. That a table is full says little by itself: it may have been filled beforehand, and where eBPF leads
 * Services to pods no packet of the load comes by.
 */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { counterTotal } from "../../../runner/analysis/counters.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import { MET, notMet, type Premise } from "../../../runner/analysis/verdict/premise.ts";
import type { Block, ConntrackSample } from "../../../runner/result/block.ts";
import type { ArmsOf } from "../../../runner/result/result.ts";
import type { FloodNote } from "./predictions.ts";

/** The kernel evicts early from 95 % of the limit on; a table that stays well below asks nobody anything. */
const NEAR = 0.9;
/**
 * What a table has to grow by, of the requests sent or the room there was. Measured on labs: 1.0. Where they pass another
 * way, it is what a busy node's other connections come to.
 */
const PASSING = 0.5;

export function floodPremise([baseline, tuned]: ArmsOf): Premise {
  const blocks = evidential([...baseline.blocks, ...tuned.blocks]);
  const seen = blocks.flatMap((block) => walkOf(block) ?? []);
  // The kernel's own word, though nobody showed how full the table was.
  if (blocks.some((block) => block.conntrack.length === 0 && tableDrops(block) > 0)) return MET;
  if (seen.length === 0) return { state: "unread", said: { kind: "table-not-seen" } satisfies FloodNote };
  const near = seen.filter(({ share, drops }) => share >= NEAR || drops > 0);
  if (near.some(passes)) return MET;
  const [most] = near.sort((a, b) => b.grown - a.grown);
  if (most) {
    const { grown, requests } = most;
    return notMet({ kind: "table-not-passed", grown, requests } satisfies FloodNote);
  }
  const share = Math.max(...seen.map((each) => each.share));
  return notMet({ kind: "table-far-from-full", share } satisfies FloodNote);
}

/** What a block shows of its fullest table. */
interface Walk {
  /** In use at most, of its limit. */
  readonly share: number;
  /** Entries from the load's start to the most there were, and those that had to go for others meanwhile. */
  readonly grown: number;
  readonly room: number;
  readonly drops: number;
  /** Those of the load that this node's pods sent, as far as they are spread evenly; each has a connection of its own. */
  readonly requests: number;
}

/** Null: how full a table was is not shown. */
function walkOf(block: Block): Walk | null {
  const { conntrack, sent, placement } = block;
  const start = conntrack.findLast(({ atMs }) => atMs <= 0) ?? conntrack[0];
  if (!start) return null;
  const used = ({ entries, limit }: ConntrackSample) => entries / limit;
  const most = Math.max(...conntrack.filter(({ atMs }) => atMs >= start.atMs).map(({ entries }) => entries));
  return {
    share: Math.max(...conntrack.map(used)),
    grown: most - start.entries + (counterTotal(block, "conntrackEarlyDrop") ?? 0),
    room: Math.max(0, start.limit - start.entries),
    drops: tableDrops(block),
    requests: Math.round(sent / Math.max(1, Object.keys(placement?.client ?? {}).length)),
  };
}

function passes({ grown, drops, room, requests }: Walk): boolean {
  return sum([grown, drops]) >= PASSING * Math.min(requests, room);
}

function tableDrops(block: Block): number {
  return counterTotal(block, "conntrackDrop") ?? 0;
}
