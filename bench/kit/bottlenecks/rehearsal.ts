/** Rehearses a plan of plans/ as a user would. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EnvironmentError } from "../../../runner/errors.ts";
import { Rehearsal } from "../../../runner/result/rehearsal.ts";
import type { OwnLab } from "../../faults/lab/own-lab.ts";
import { printed } from "../printed.ts";

/** @throws EnvironmentError where it ends without a sheet */
export async function rehearsal({ lab, folder }: OwnLab, plan: string, signal: AbortSignal): Promise<Rehearsal> {
  const file = fileURLToPath(new URL(`plans/${plan}.yaml`, import.meta.url));
  const out = join(folder, plan);
  const args = ["rehearse", file, "--lab", lab.name, "--yes", "--allow-external", "--json", "--out", out];
  const { document, lastWords } = await printed(args, signal);
  const read = Rehearsal.safeParse(document);
  if (read.success) return read.data;
  throw new EnvironmentError(`${plan}: ${lastWords}`);
}

/** Whether the highest rate that was found to be held is within this share of the true one. */
export function isNear(held: number | null, truth: number, within: number): boolean {
  return held !== null && Math.abs(held - truth) <= within * truth;
}
