/** The plans that `rehearse --init` writes, on the lab as they are: each is to end in a decision that says why. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Progress } from "../../runner/progress.ts";
import { exampleNames } from "../../runner/rehearsal/examples.ts";
import { Rehearsal } from "../../runner/result/rehearsal.ts";
import type { OwnLab } from "../faults/lab/own-lab.ts";

export interface Example {
  readonly name: string;
  /** Null: it came to none. */
  readonly decision: string | null;
  readonly why: string;
  readonly minutes: number;
  readonly ok: boolean;
}

const BIN = fileURLToPath(new URL("../../bin/packetwalk", import.meta.url));

export async function examplesOn(lab: OwnLab, progress: Progress, signal: AbortSignal): Promise<Example[]> {
  const ran: Example[] = [];
  for (const name of exampleNames())
    ran.push(
      await progress.step(`Example ${name}`, async (update) => {
        const example = await exampleOn(lab, name, signal);
        update(example.decision ?? example.why);
        return example;
      }),
    );
  return ran;
}

/** By the commands that the documentation gives. */
async function exampleOn(lab: OwnLab, name: string, signal: AbortSignal): Promise<Example> {
  const cwd = join(lab.folder, `example-${name}`);
  await rm(cwd, { recursive: true, force: true });
  await mkdir(cwd, { recursive: true });
  const how = { cwd, reject: false, stdin: "ignore", cancelSignal: signal } as const;
  const beganMs = Date.now();
  await execa(process.execPath, [BIN, "rehearse", "--init", name], { ...how, reject: true });
  const args = ["rehearse", `${name}.yaml`, "--lab", lab.lab.name, "--yes", "--json"];
  const { stdout, stderr } = await execa(process.execPath, [BIN, ...args], how);
  signal.throwIfAborted();
  const minutes = (Date.now() - beganMs) / 60_000;
  const read = Rehearsal.safeParse(stdout === "" ? undefined : JSON.parse(stdout));
  if (!read.success) return { name, minutes, decision: null, why: stderr.trim().split("\n").at(-1) ?? "", ok: false };
  const { state, because } = read.data.decision;
  const [why = ""] = because;
  return { name, minutes, decision: state, why, ok: state !== "invalid" && why !== "" };
}

export function exampleText({ name, decision, why, minutes, ok }: Example): string {
  return `${ok ? "✓" : "✗"} example ${name}: ${decision ?? "no decision"}, ${minutes.toFixed(1)} min: ${why}`;
}
