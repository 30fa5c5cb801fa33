import type { Agents } from "../probes/agents.ts";
import { type SysctlAnswer, sysctls } from "../probes/sysctl.ts";
import type { NodeSysctl } from "./sysctl.ts";

/** A node sysctl's value from before it was set. */
export interface Before {
  readonly node: string;
  readonly key: string;
  readonly in: "kernel" | "node";
  readonly before: string;
  /** What it is set to; undefined: not known. */
  readonly wrote?: string;
}

/** A value that somebody else has set since, and what it is now. */
export interface SetByOthers extends Before {
  readonly now: string;
}

/** What putting values back came to, where it did not come to that. */
export interface PutBack {
  readonly failed: readonly SysctlAnswer[];
  /** Not touched: it is no longer ours. */
  readonly left: readonly SetByOthers[];
}

/** Where a tuning was written and what came of it. */
export interface Write {
  readonly tuning: string;
  readonly node: string;
  readonly error: string | null;
}

/** Reads what the tunings are about to overwrite, on every node, before any of it is touched. */
export async function readBefore(agents: Agents, tunings: readonly NodeSysctl[]): Promise<Before[]> {
  const perNode = await Promise.all(
    agents.nodes.map(async (node) => {
      const answers = await sysctls(
        agents,
        node,
        tunings.map((each) => ({ key: each.key, in: each.scope })),
      );
      return answers.flatMap((answer, index) => {
        const tuning = tunings[index];
        const { key, before } = answer;
        return before === null || !tuning ? [] : [{ node, key, in: tuning.scope, before, wrote: tuning.value }];
      });
    }),
  );
  return perNode.flat();
}

/**
 * Sets the tunings on every node.
 * @param before what they overwrite: each agent puts it back by itself if this runner dies
 */
export async function writeTunings(
  agents: Agents,
  tunings: readonly NodeSysctl[],
  before: readonly Before[],
): Promise<Write[]> {
  const perNode = await Promise.all(
    agents.nodes.map(async (node) => {
      const requests = tunings.map((each) => ({
        key: each.key,
        in: each.scope,
        set: each.value,
        ...undoneTo(before, node, each),
      }));
      const answers = await sysctls(agents, node, requests);
      return answers.map((answer, index) => ({
        tuning: tunings[index]?.name ?? answer.key,
        node,
        error: answer.error,
      }));
    }),
  );
  return perNode.flat();
}

/** Puts values back that still are what we made of them. What somebody else has set since is theirs, and left. */
export async function writeBack(agents: Agents, values: readonly Before[]): Promise<PutBack> {
  const perNode = await Promise.all(
    agents.nodes.map(async (node): Promise<PutBack> => {
      const own = values.filter((value) => value.node === node);
      // All are read before any is written: one of several nodes that share a kernel sets it for all of them.
      const now = await sysctls(agents, node, own.map(named));
      const left = own.flatMap((value, index) => byOthers(value, now[index]?.got ?? null));
      const ours = own.filter((value) => !left.some((each) => each.key === value.key && each.in === value.in));
      const answers = await sysctls(agents, node, [
        ...ours.map((value) => ({ ...named(value), set: value.before, settled: true })),
        ...left.map((value) => ({ ...named(value), settled: true })),
      ]);
      return { failed: answers.filter(({ error }) => error !== null), left };
    }),
  );
  return { failed: perNode.flatMap(({ failed }) => failed), left: perNode.flatMap(({ left }) => left) };
}

function undoneTo(before: readonly Before[], node: string, { key, scope }: NodeSysctl): { readonly before?: string } {
  const value = before.find((each) => each.node === node && each.key === key && each.in === scope);
  return value === undefined ? {} : { before: value.before };
}

function named(value: Before): { key: string; in: Before["in"] } {
  return { key: value.key, in: value.in };
}

function byOthers(value: Before, now: string | null): SetByOthers[] {
  const { before, wrote } = value;
  if (wrote === undefined || now === null || now === wrote || now === before) return [];
  return [{ ...value, now }];
}
