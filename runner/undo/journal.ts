import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { stateFolder } from "../user-folders.ts";
import type { JournalLine, RunLine, TargetRef } from "./lines.ts";
import { thisProcess } from "./process.ts";

/** A run's write-ahead journal: each change is on disk before it is made, so that any crash can be undone. */
export interface Journal {
  readonly file: string;
  /** @throws EnvironmentError if it can't be written; the change may not be made then */
  append(line: JournalLine): void;
  /** Everything is undone: nothing is left of the journal either. */
  close(): void;
}

export function journalFolder(): string {
  return join(stateFolder(), "journal");
}

/**
 * @param clusterUid by which whoever restores knows the cluster again; null: it may not be read
 * @throws EnvironmentError if the journal can't be written; nothing may be changed then.
 */
export function openJournal(
  target: TargetRef,
  agentImage: string,
  { namespace, lent }: Pick<Cluster, "namespace" | "lent">,
  clusterUid: string | null = null,
): Journal {
  const startedAt = new Date().toISOString();
  const name = `${startedAt.replace(/[:.]/g, "-")}-${process.pid}-${randomBytes(3).toString("hex")}.jsonl`;
  const file = join(journalFolder(), name);
  const where = { ...(clusterUid === null ? {} : { clusterUid }), namespace, ...(lent ? { lent: true } : {}) };
  const run: RunLine = { change: "run", target, ...where, ...thisProcess(), agentImage, startedAt };
  const descriptor = guarded(file, () => begin(file, run));
  return {
    file,
    append: (line) => guarded(file, () => write(descriptor, line)),
    close() {
      closeSync(descriptor);
      rmSync(file, { force: true });
    },
  };
}

/** Gives it its name only with its first line in it: another process removes journals in which there is nothing. */
function begin(file: string, run: RunLine): number {
  mkdirSync(journalFolder(), { recursive: true });
  const draft = `${file}.new`;
  const descriptor = openSync(draft, "ax", 0o600);
  try {
    write(descriptor, run);
    renameSync(draft, file);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    rmSync(draft, { force: true });
    throw error;
  }
}

function write(descriptor: number, line: RunLine | JournalLine): void {
  writeFileSync(descriptor, `${JSON.stringify(line)}\n`);
  fsyncSync(descriptor);
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EnvironmentError(`the journal ${file} can't be written, so nothing more is changed: ${reasonOf(error)}`);
  }
}
