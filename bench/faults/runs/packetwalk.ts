/** packetwalk as a user starts it: a process of its own, which a fault may hit. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../../bin/packetwalk", import.meta.url));
/** Far more than any run of the bench takes; what is not over then hangs. */
const LONGEST_MS = 900_000;

export interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly hung: boolean;
  /** The last error that it told, else the last thing that it said. */
  readonly lastWords: string;
}

export interface Process {
  readonly ended: Promise<Ended>;
  kill(): void;
  /** Whether it said this; waits for it, and no longer than until the process ends. */
  says(pattern: RegExp): Promise<boolean>;
}

export interface Ways {
  readonly env?: NodeJS.ProcessEnv;
  /** For Node, before the program. */
  readonly node?: readonly string[];
}

/** @param signal ends it at once: what it leaves goes with the lab */
export function packetwalk(args: readonly string[], { env, node = [] }: Ways = {}, signal?: AbortSignal): Process {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...node, BIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for the bench, which takes down the lab and all of its runs.
    detached: true,
  });
  const kill = () => void child.kill("SIGKILL");
  let hung = false;
  const limit = setTimeout(() => {
    hung = true;
    kill();
  }, LONGEST_MS);
  process.once("exit", kill);
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted) kill();
  let [stdout, stderr] = ["", ""];
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const each of [...listeners]) each();
  };
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    tell();
  });
  let isOver = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killedBy) => {
      isOver = true;
      clearTimeout(limit);
      process.off("exit", kill);
      signal?.removeEventListener("abort", kill);
      const seconds = (performance.now() - startedMs) / 1000;
      const lines = stderr.trimEnd().split("\n");
      const lastWords = lines.findLast((line) => line.startsWith("packetwalk: ")) ?? lines.at(-1) ?? "";
      resolve({ code, killedBy, stdout, stderr, seconds, hung, lastWords });
      tell();
    });
  });
  return {
    ended,
    kill,
    says: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const said = pattern.test(stderr);
          if (!said && !isOver) return;
          listeners.delete(look);
          resolve(said);
        };
        listeners.add(look);
        look();
      }),
  };
}
