/** Nodes on which nothing new is put while events last: two of them may want the same one. */
import type { Cluster } from "../../cluster/cluster.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { cordon } from "../../faults/node.ts";
import type { Changes } from "../../undo/changes.ts";

/** What an event did stays in force, though it is over. */
export class NotUndone extends EnvironmentError {
  override name = "NotUndone";
}

interface Held {
  events: number;
  /** False: it was cordoned before, and stays so. */
  readonly isOurs: Promise<boolean>;
}

export class Cordons {
  readonly #cluster: Cluster;
  readonly #changes: Changes;
  readonly #held = new Map<string, Held>();
  /** Nodes that are about to take pods again. */
  readonly #releasing = new Map<string, Promise<void>>();

  constructor(cluster: Cluster, changes: Changes) {
    this.#cluster = cluster;
    this.#changes = changes;
  }

  /**
   * Whoever holds a node releases it, whatever became of this.
   * @returns false: it was cordoned before, and stays so
   * @throws EnvironmentError
   */
  async hold(node: string): Promise<boolean> {
    const held = this.#held.get(node) ?? { events: 0, isOurs: this.#cordon(node) };
    held.events++;
    this.#held.set(node, held);
    return held.isOurs;
  }

  /** The last one lets pods on the node again. @throws NotUndone */
  async release(node: string): Promise<void> {
    const held = this.#held.get(node);
    if (!held || --held.events > 0) return;
    this.#held.delete(node);
    const releasing = this.#uncordon(node, held);
    this.#releasing.set(node, releasing);
    await releasing;
  }

  async #uncordon(node: string, { isOurs }: Held): Promise<void> {
    // A write that was answered with an error may have been made all the same: it was journalled.
    if (!(await isOurs.catch(() => true))) return;
    await this.#changes.revert("cordon", node).catch((error: unknown) => {
      throw new NotUndone(`${reasonOf(error)}; the run's end tries it again`);
    });
  }

  async #cordon(node: string): Promise<boolean> {
    await this.#releasing.get(node)?.catch(() => undefined);
    const { namespace, run } = this.#cluster;
    if (run === undefined) throw new Error("only a run cordons nodes");
    const by = { namespace, run };
    return cordon(this.#cluster, node, by, () => this.#changes.record({ change: "cordon", node, by }));
  }
}
