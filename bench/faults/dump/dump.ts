/** All that a run could leave: on this machine, on the lab's nodes, in its cluster. */
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../../../runner/errors.ts";
import { journalFolder } from "../../../runner/undo/journal.ts";
import { differences, labsOnThisMachine, machineSnapshot } from "../../../test/support/machine-snapshot.ts";
import type { OwnLab } from "../lab/own-lab.ts";
import { objectsOf } from "./cluster.ts";
import { nodesOf } from "./nodes.ts";

/** Lines by what they are about. */
export type Dump = Readonly<Record<string, readonly string[]>>;

const MOST_LOOKS = 12;
const BETWEEN_LOOKS_MS = 5_000;

/** One at a time: what looks into nodes is a process there. */
export async function dump(own: OwnLab): Promise<Dump> {
  const nodes = await nodesOf(own);
  const objects = await objectsOf(own);
  return { ...(await machineSnapshot(await labsOnThisMachine())), ...nodes, objects };
}

/** Two looks in a row that are the same: kube-proxy's rules, for one, follow what has gone after a while. */
export async function steady(own: OwnLab, signal: AbortSignal): Promise<Dump> {
  let before = await dump(own);
  for (let look = 0; look < MOST_LOOKS; look++) {
    await sleep(BETWEEN_LOOKS_MS, undefined, { signal });
    const now = await dump(own);
    if (differences(before, now).length === 0) return now;
    before = now;
  }
  return before;
}

export interface Settled {
  /** Empty: all is as before. */
  readonly left: readonly string[];
  /** When that was seen, by performance.now(). */
  readonly atMs: number;
}

/** Looks until all is as before, and no longer than so: pods end, proxies follow, and a node that was lost comes back. */
export async function settled(own: OwnLab, before: Dump, withinMs: number, signal: AbortSignal): Promise<Settled> {
  for (const untilMs = performance.now() + withinMs; ; await sleep(2_000, undefined, { signal })) {
    const left = await dump(own).then(
      (now) => differences(before, now),
      (error: unknown) => [`it can't be seen: ${reasonOf(error)}`],
    );
    signal.throwIfAborted();
    const atMs = performance.now();
    if (left.length === 0 || atMs > untilMs) return { left, atMs };
  }
}

/** Of runs that nobody has restored yet. */
export async function journals(): Promise<string[]> {
  const names = await readdir(journalFolder()).catch(() => []);
  return names.map((name) => `journal: left behind: ${name}`);
}
