import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { stateFolder } from "../user-folders.ts";

/** How a later process finds the target again. */
export const TargetRef = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("lab"), name: z.string(), startedByRun: z.boolean() }),
  z.object({ kind: z.literal("kubeconfig"), file: z.string(), context: z.string() }),
]);
export type TargetRef = z.infer<typeof TargetRef>;

const SysctlChange = z.object({
  change: z.literal("sysctl"),
  node: z.string(),
  key: z.string(),
  in: z.enum(["kernel", "node"]),
  before: z.string(),
});
export type SysctlChange = z.infer<typeof SysctlChange>;

/** An object in no namespace: created by the run, and to be deleted. */
const ClusterObjectChange = z.object({
  change: z.literal("cluster-object"),
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
});

/** An address given to a node's network namespace, and to be taken back. */
const NodeAddressChange = z.object({ change: z.literal("node-address"), node: z.string(), address: z.string() });

const Entry = z.discriminatedUnion("change", [
  z.object({
    change: z.literal("run"),
    target: TargetRef,
    pid: z.number(),
    startTicks: z.string(),
    agentImage: z.string(),
    startedAt: z.string(),
  }),
  z.object({ change: z.literal("namespace") }),
  SysctlChange,
  z.object({ change: z.literal("sysctls-reverted") }),
  z.object({ change: z.literal("conntrack-entries"), node: z.string(), addresses: z.array(z.string()) }),
  ClusterObjectChange,
  NodeAddressChange,
]);
type Entry = z.infer<typeof Entry>;
type RunEntry = Extract<Entry, { change: "run" }>;

/** What an interrupted run may have left, folded from its journal. */
export interface OpenJournal {
  readonly file: string;
  readonly run: RunEntry;
  readonly alive: boolean;
  readonly namespace: boolean;
  readonly sysctls: readonly SysctlChange[];
  readonly conntrack: ReadonlyArray<{ node: string; addresses: string[] }>;
  readonly clusterObjects: readonly z.infer<typeof ClusterObjectChange>[];
  readonly nodeAddresses: readonly z.infer<typeof NodeAddressChange>[];
}

/** A run's write-ahead journal: each change is on disk before it is made, so that any crash can be undone. */
export interface Journal {
  readonly file: string;
  record(entry: Exclude<Entry, { change: "run" }>): void;
  /** Whether this run created (or was about to create) the namespace, and so has to delete it. */
  namespaceRecorded(): boolean;
  /** Everything is reverted: there is nothing left to undo. */
  close(): void;
}

export function journalFolder(): string {
  return join(stateFolder(), "journal");
}

/** @throws EnvironmentError if the journal can't be written; nothing may be changed then. */
export function openJournal(target: TargetRef, agentImage: string): Journal {
  const folder = journalFolder();
  const startedAt = new Date().toISOString();
  const file = join(folder, `${startedAt.replace(/[:.]/g, "-")}-${process.pid}.jsonl`);
  const run: RunEntry = {
    change: "run",
    target,
    pid: process.pid,
    startTicks: processStartTicks(process.pid) ?? "",
    agentImage,
    startedAt,
  };
  const descriptor = guarded(file, () => {
    mkdirSync(folder, { recursive: true });
    return openSync(file, "ax", 0o600);
  });
  const append = (entry: Entry) =>
    guarded(file, () => {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
      fsyncSync(descriptor);
    });
  try {
    append(run);
  } catch (error) {
    closeSync(descriptor);
    rmSync(file, { force: true });
    throw error;
  }
  let namespace = false;
  return {
    file,
    record(entry) {
      append(entry);
      if (entry.change === "namespace") namespace = true;
    },
    namespaceRecorded: () => namespace,
    close() {
      closeSync(descriptor);
      rmSync(file, { force: true });
    },
  };
}

/** Every journal that is on disk, oldest first. A last line that a crash cut short describes a change never made. */
export function readJournals(): OpenJournal[] {
  let files: string[];
  try {
    files = readdirSync(journalFolder()).filter((name) => name.endsWith(".jsonl"));
  } catch {
    return [];
  }
  return files.sort().flatMap((name) => {
    const file = join(journalFolder(), name);
    const folded = fold(file, readFileSync(file, "utf8"));
    if (!folded) rmSync(file, { force: true }); // nothing was ever recorded, so nothing was changed
    return folded ? [folded] : [];
  });
}

export function removeJournal(journal: OpenJournal): void {
  rmSync(journal.file, { force: true });
}

function fold(file: string, text: string): OpenJournal | undefined {
  const entries = text.split("\n").flatMap((line) => {
    const parsed = Entry.safeParse(parseJson(line));
    return parsed.success ? [parsed.data] : [];
  });
  const run = entries.find((entry) => entry.change === "run");
  if (!run) return undefined;
  const sysctls = new Map<string, SysctlChange>();
  const conntrack = new Map<string, string[]>();
  for (const entry of entries) {
    if (entry.change === "sysctls-reverted") sysctls.clear();
    // The oldest open entry has the value from before any change.
    if (entry.change === "sysctl") {
      const key = `${entry.node} ${entry.in} ${entry.key}`;
      if (!sysctls.has(key)) sysctls.set(key, entry);
    }
    if (entry.change === "conntrack-entries") conntrack.set(entry.node, entry.addresses);
  }
  return {
    file,
    run,
    alive: run.startTicks !== "" && processStartTicks(run.pid) === run.startTicks,
    namespace: entries.some((entry) => entry.change === "namespace"),
    sysctls: [...sysctls.values()],
    conntrack: [...conntrack].map(([node, addresses]) => ({ node, addresses })),
    clusterObjects: entries.filter((entry) => entry.change === "cluster-object"),
    nodeAddresses: entries.filter((entry) => entry.change === "node-address"),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat: with the PID it names one process for ever (proc_pid_stat(5)). */
function processStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EnvironmentError(`the journal ${file} can't be written, so nothing more is changed: ${reasonOf(error)}`);
  }
}
