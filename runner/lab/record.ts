import { z } from "zod";
import { readIfThere, writeWhole } from "./machine/files.ts";
import type { LabFiles } from "./paths.ts";
import type { LabOptions } from "./types.ts";

const processSchema = z.object({ title: z.string(), pid: z.number().int(), startTicks: z.number() });

/** What a lab writes down about itself; before anything is created, and again once it runs. */
const recordSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("starting"), options: z.custom<LabOptions>() }),
  z.object({
    state: z.literal("up"),
    options: z.custom<LabOptions>(),
    apiPort: z.number().int(),
    /** Folder of its kubectl and the other Kubernetes programs. */
    kubernetesDir: z.string(),
    kubernetesVersion: z.string(),
    startedAt: z.string(),
    /** What its CNI is like; older records have none. */
    network: z.string().default("direct routes between nodes"),
    nodes: z.array(z.object({ name: z.string(), containerdPid: z.number().int() })),
    images: z.object({
      busybox: z.string(),
      web: z.string(),
      /** Those that come when they are needed. */
      onDemand: z.array(z.string()).default([]),
    }),
    components: z.array(processSchema),
  }),
]);

export type LabRecord = z.infer<typeof recordSchema>;
export type RunningRecord = Extract<LabRecord, { state: "up" }>;

/** The lab's record; undefined if there is none or it can't be read as one. */
export async function readRecord(files: LabFiles): Promise<LabRecord | undefined> {
  const text = await readIfThere(files.record);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export async function writeRecord(files: LabFiles, record: LabRecord): Promise<void> {
  await writeWhole(files.record, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}
