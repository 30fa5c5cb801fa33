import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, untilPrinting } from "./launch.ts";

export interface Witness {
  /** When the kernel took each SYN, ascending; ms from the first. */
  stop(): Promise<Float64Array>;
}

export interface WitnessOptions {
  readonly launcher: string;
  /** Path of programs/witness.c's program. */
  readonly program: string;
  readonly cpu: number;
  readonly scratch: string;
  /** A process in the network namespace to watch. */
  readonly networkOf: number;
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
}

/** Watches from now on when connections are begun (programs/witness.c). */
export async function startWitness(options: WitnessOptions): Promise<Witness> {
  const { launcher, program, cpu, scratch, networkOf, port, signal } = options;
  const instants = join(scratch, "witness.instants");
  const placement = { launcher, cpu, networkOf, usageFile: join(scratch, "witness.usage") };
  const child = launch(placement, program, [`${port}`, instants], { signal });
  await untilPrinting(child, "the witness");
  return {
    async stop() {
      child.kill("SIGTERM");
      const { exitCode, stderr } = await child;
      if (exitCode !== 0) throw new Error(`the witness ended with ${exitCode}: ${stderr}`);
      const ns = new BigUint64Array(new Uint8Array(await readFile(instants)).buffer).sort();
      const originNs = ns[0] ?? 0n;
      return Float64Array.from(ns, (instant) => Number(instant - originNs) / 1e6);
    },
  };
}
