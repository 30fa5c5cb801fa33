import { z } from "zod";
import { Said } from "./said.ts";

const count = z.number().int().nonnegative();

export const HOPS = [
  "client-ports",
  "client-conntrack",
  "dns",
  "service-dnat",
  "overlay",
  "softnet",
  "listen-queue",
  "ingress-upstream",
  "terminating-pod",
] as const;
/** The packet's walk, in order. A hop without counters on this target is left out of the result, never zeroed. */
export const HopName = z.enum(HOPS);
export type HopName = z.infer<typeof HopName>;

export const HopReport = z.object({
  name: HopName,
  arm: z.string(),
  counters: z.record(z.string(), z.number()),
  drops: count.describe("packets or connections that died here, by the kernel's own count"),
});
export type HopReport = z.infer<typeof HopReport>;

export const Attribution = z.object({
  failures: count,
  attributed: count,
  unexplained: count,
  byHop: z.partialRecord(HopName, count),
  evidence: z.array(Said).describe("which counters there are, and how they add up"),
});
export type Attribution = z.infer<typeof Attribution>;
