import type { z } from "zod";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Agents } from "../../probes/agents.ts";

/** Through what changes are undone. */
export interface UndoTarget {
  readonly cluster: Cluster;
  /** The agents on these nodes, as far as they can be reached; they are deployed where there is none. */
  agents(nodes: readonly string[]): Promise<Agents>;
  /** All nodes that the cluster has, with an agent or without. */
  nodes(): Promise<readonly string[]>;
  /** Whether nobody is to wait for what the cluster does by itself, once told to. */
  isHurried(): boolean;
  /** Says what whoever waits should know, though it keeps nothing from being undone. */
  tell(sentence: string): void;
}

/** What all kinds of change have in common: a name, by which a journal's line is known. */
export interface AnyChange {
  readonly change: string;
}

interface Definition<Change extends AnyChange> {
  readonly name: Change["change"];
  /** Its line in a journal. */
  readonly schema: z.ZodType<Change>;
  /** Names what a change changes: of several changes to one thing the oldest knows what was there before. */
  thing(change: Change): string;
  /** What undoing it is called, for whoever watches. */
  readonly undoing: string;
  /** May meet a change that was never made, or that is undone already: a crash can come at any moment. */
  undo(target: UndoTarget, changes: readonly Change[]): Promise<void>;
  /** Undoes what is in this machine's own kernel and so outlives a lab, without the lab. Most kinds have nothing there. */
  undoInKernel?(changes: readonly Change[]): void;
}

/** One kind of change, in a form in which all of them can be treated alike: each takes its own from all changes. */
export interface ChangeKind<Change extends AnyChange> extends Pick<Definition<Change>, "name" | "schema" | "undoing"> {
  /** The changes to undo, one for each thing: the oldest. What was made last is undone first. */
  open(changes: readonly AnyChange[]): Change[];
  /** What they are about, in words. */
  things(changes: readonly AnyChange[]): string[];
  undo(target: UndoTarget, changes: readonly AnyChange[]): Promise<void>;
  undoInKernel(changes: readonly AnyChange[]): void;
}

export function changeKind<Change extends AnyChange>(definition: Definition<Change>): ChangeKind<Change> {
  const { name, schema, undoing, thing } = definition;
  const own = (changes: readonly AnyChange[]) => changes.filter((each): each is Change => each.change === name);
  return {
    name,
    schema,
    undoing,
    open(changes) {
      const oldest = new Map<string, Change>();
      for (const change of own(changes)) if (!oldest.has(thing(change))) oldest.set(thing(change), change);
      return [...oldest.values()].reverse();
    },
    things: (changes) => own(changes).map(thing),
    undo: (target, changes) => definition.undo(target, own(changes)),
    undoInKernel: (changes) => definition.undoInKernel?.(own(changes)),
  };
}
