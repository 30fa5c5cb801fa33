import { z } from "zod";
import { Outcomes } from "../result/outcomes.ts";

const count = z.number().int().nonnegative();
const histogram = z.string().describe("HDR, in µs, V2 compressed, base64; empty: the engine has no such phase");

/** What one load worker prints when it is done, whatever its engine. */
export const WorkerReport = z.object({
  engine: z.string(),
  worker: count,
  startedAtUnixMs: z.number(),
  finishedAtUnixMs: z.number(),
  scheduled: count,
  sent: count,
  outcomes: Outcomes,
  reused: count.default(0).describe("requests on a connection that had served another"),
  histograms: z.object({
    latency: histogram,
    okLatency: histogram,
    connect: histogram,
    tls: histogram.default(""),
    firstByte: histogram,
    scheduleLag: histogram,
  }),
  slices: z.array(z.object({ atMs: z.number(), scheduled: count, ok: count, failed: count, okLatency: histogram })),
  tcp: z.record(z.string(), z.number()),
  cpu: z.object({ userMs: z.number(), systemMs: z.number() }),
  stoppedAtMs: count.exactOptional().describe("when it was told to end early, from its start; of those that can tell"),
  saturated: z.array(z.string()).describe("why the generator, not the target, was the bottleneck; empty if it was not"),
});
export type WorkerReport = z.infer<typeof WorkerReport>;
