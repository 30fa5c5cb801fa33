import { z } from "zod";
import { ChainHop, ResolverName } from "../evidence.ts";

const count = z.number().int().nonnegative();

/** As programs/agent/chain prints it, beside every worker's report. */
export const ChainReport = z.object({
  resolver: ResolverName,
  depth: count,
  scheduled: count,
  outcomes: z.object({ ok: count }).catchall(count),
  hops: z.array(ChainHop),
  requests: z.array(z.object({ dnsMs: z.number(), totalMs: z.number() })),
});
export type ChainReport = z.infer<typeof ChainReport>;
