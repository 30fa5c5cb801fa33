import { z } from "zod";

/** What is broken on purpose of name resolution. */
export const DnsFault = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("slow-upstream"),
    delayMs: z.number().describe("by which every answer of the server that the DNS forwards to comes late"),
  }),
  z.object({
    kind: z.literal("lossy-upstream"),
    loss: z.number().describe("share of the queries over UDP that it leaves without an answer, 0–1"),
  }),
  z.object({
    kind: z.literal("cpu-limit"),
    cpuLimit: z.string().describe("of each pod of the DNS under test, as Kubernetes writes it, e.g. 100m"),
  }),
  z.object({
    kind: z.literal("max-concurrent"),
    maxConcurrent: z.number().int().describe("queries that each of them forwards at once; more are refused"),
  }),
  z.object({
    kind: z.literal("kill-pod"),
    atMs: z.number().describe("when the main process of one is to be killed, since the load's start"),
  }),
]);
export type DnsFault = z.infer<typeof DnsFault>;
export type DnsFaultKind = DnsFault["kind"];
