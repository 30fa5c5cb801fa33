import { z } from "zod";
import { readDocument } from "../json-document.ts";
import type { Agents } from "./agents.ts";

/** A node, and where its kubelet listens. */
export interface Peer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

const SAMPLES = 3;
/** What takes longer has no way there. */
const TIMEOUT_MS = 2000;
const Reach = z.object({ endedUnixMs: z.number(), sinceUnixMs: z.number() });

/** Shortest of a few TCP handshakes, dialling included, in ms; null: none came about. */
export async function roundTripMs(agents: Agents, node: string, { address, port }: Peer): Promise<number | null> {
  const at = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const words = ["reach", "--address", at, "--until", "open", "--steady", "1", "--timeout-ms", String(TIMEOUT_MS)];
  let least: number | null = null;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const output = await agents.run(node, words, { repeatable: true });
    const { endedUnixMs, sinceUnixMs } = readDocument(`agent reach on node ${node}`, output, Reach);
    // 0: it never came. The next attempt would wait as long.
    if (sinceUnixMs === 0) return least;
    least = Math.min(least ?? Number.POSITIVE_INFINITY, endedUnixMs - sinceUnixMs);
  }
  return least;
}
