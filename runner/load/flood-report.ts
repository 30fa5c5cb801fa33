import { z } from "zod";

const count = z.number().int().nonnegative();

/** What one flood worker prints when it is done (runner/agent, flood). Histograms are HDR, in µs, V2 compressed, base64. */
export const FloodReport = z.object({
  worker: count,
  startedAtUnixMs: z.number(),
  finishedAtUnixMs: z.number(),
  scheduled: count,
  sent: count,
  outcomes: z.object({ ok: count }).catchall(count),
  histograms: z.object({
    latency: z.string(),
    okLatency: z.string(),
    connect: z.string(),
    firstByte: z.string(),
    scheduleLag: z.string(),
  }),
  slices: z.array(z.object({ atMs: z.number(), scheduled: count, ok: count, failed: count, okLatency: z.string() })),
  tcp: z.record(z.string(), z.number()),
  cpu: z.object({ userMs: z.number(), systemMs: z.number() }),
});
export type FloodReport = z.infer<typeof FloodReport>;
