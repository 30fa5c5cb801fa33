/**
 * A load worker on Node: reads PACKETWALK_LOAD, waits at its gate (not with --no-gate), drives the load, prints its
 * report as the last line of stdout. SIGTERM ends the load early. With --count it looks up what it is asked for on stdin instead.
 * Exit codes: 0 reported; 1 the load could not be driven; 2 the spec is no good.
 */
import { waitAtGate } from "./gate.ts";
import { countLookups } from "./lookups/count.ts";
import { runWorker } from "./run.ts";
import { parseSpec, type WorkerSpec } from "./spec.ts";
import { THREAD_POOL_SIZE } from "./undici/resolver.ts";
import { warmUp } from "./warm-up.ts";

// Not used yet at this point.
process.env.UV_THREADPOOL_SIZE ??= String(THREAD_POOL_SIZE);

const VARIABLE = "PACKETWALK_LOAD";

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--count")) return count(args);
  const [unknown] = args.filter((arg) => arg !== "--no-gate");
  if (unknown !== undefined) return refuse(`unknown argument ${unknown}; there is only --no-gate`, 2);
  let spec: WorkerSpec;
  try {
    const parsed = parseSpec(process.env[VARIABLE]);
    // All pods of an Indexed Job share one spec; Kubernetes tells each which it is.
    spec = { ...parsed, worker: parsed.worker || Number(process.env.JOB_COMPLETION_INDEX ?? 0) };
  } catch (error) {
    return refuse(sentence(error), 2);
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
  try {
    await warmUp(spec);
    const startAtUnixMs = args.includes("--no-gate") ? 0 : await waitAtGate(spec.gateTimeoutMs, stop.signal);
    const { lines, report } = await runWorker(spec, startAtUnixMs, stop.signal);
    await print([...lines, JSON.stringify(report)].join("\n"));
    return 0;
  } catch (error) {
    return refuse(sentence(error), 1);
  }
}

async function count(args: readonly string[]): Promise<number> {
  try {
    for await (const found of countLookups(args, process.stdin)) await print(JSON.stringify(found));
    return 0;
  } catch (error) {
    return refuse(sentence(error), 2);
  }
}

function refuse(reason: string, code: number): number {
  process.stderr.write(`node-worker: ${reason}\n`);
  return code;
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
}

/** Whole, before the process ends. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

main(process.argv.slice(2)).then((code) => {
  process.exit(code);
});
