import { z } from "zod";
import type { Block } from "../../runner/result/block.ts";
import type { EvidenceSchema } from "../../runner/result/result.ts";

const count = z.number().int().nonnegative();

/** As programs/agent/pathcheck writes it. */
export const PathCheck = z.object({
  sizes: z.object({
    verdict: z
      .enum(["clear", "told", "black-hole", "no-answer"])
      .describe(
        "of packets with DF: clear, the device's MTU passes; told, less passes and ICMP says so; black-hole, less passes and nobody says so",
      ),
    deviceMtu: count.describe("of the client pod, bytes"),
    passes: count.nullable().describe("the largest IP packet that was answered, bytes; null: none"),
    fails: count.nullable().describe("the smallest that was not; null: all were"),
    toldMtu: count.nullable().describe("what ICMP said that passes; null: none came"),
  }),
  connections: z.object({
    made: count.describe("one after another by each of eight workers, a byte exchanged on each, and reset"),
    seconds: z.number(),
    failed: z.record(z.string(), count),
  }),
  bulk: z
    .object({ bytes: count.describe("counted by the server"), seconds: z.number() })
    .nullable()
    .describe("of one TCP stream; null: it did not come to its end"),
  bulkTrouble: z.string(),
  integrity: z
    .object({
      datagrams: count,
      whole: count,
      corruptedThere: count.describe("that reached the server with another digest"),
      corruptedBack: count.describe("whose echo came back otherwise than the server had it"),
      lost: count,
      streamBytes: count,
      streamSame: z.boolean().nullable().describe("whether the server had the digest of what was sent; null: no end"),
      streamTrouble: z.string(),
    })
    .nullable()
    .describe("of payloads whose SHA-256 was compared end to end; null: nothing passed"),
});
export type PathCheck = z.infer<typeof PathCheck>;

const Packets = z.object({ clientTx: count, clientRx: count, serverTx: count, serverRx: count });
export type Packets = z.infer<typeof Packets>;

export const OverlayBlockEvidence = z.object({
  wanted: z.enum(["direct", "vxlan"]).nullable().describe("the arm's path; null: as the cluster has it"),
  took: z
    .enum(["direct", "tunnel", "unclear"])
    .describe("which path the load's packets took, by the counters of the nodes' devices"),
  way: z
    .object({ device: z.string(), kind: z.string(), tunnel: z.boolean() })
    .describe("by which the client's node would send to the server's pod, as its kernel says"),
  tunnel: z
    .object({
      device: z.string(),
      kind: z.string(),
      mtu: count,
      txChecksum: z.boolean().nullable().describe("whether it computes checksums; null: it has no such feature"),
      errors: count.describe("that it counted over the load, on both nodes"),
      packets: Packets,
    })
    .nullable()
    .describe("the busiest one, over the load; null: the nodes have none"),
  underlay: z.object({ device: z.string(), mtu: count, packets: Packets }).describe("the nodes' own device"),
  podMtu: z.object({ client: count, server: count, load: z.array(count) }).describe("read in the pods, bytes"),
  cpuMs: z
    .object({ softirq: z.number(), system: z.number() })
    .describe("of both nodes' kernels, from before the load to after it; of one kernel that two nodes share once"),
  counters: z
    .record(z.string(), count)
    .describe(
      "what the IP counters of both nodes and of the pods rose by over checks and load; those that a kernel does not have are left out",
    ),
  check: PathCheck,
});
export type OverlayBlockEvidence = z.infer<typeof OverlayBlockEvidence>;
export type OverlayBlock = Block<OverlayBlockEvidence>;

const OverlayRunEvidence = z.object({
  clientNode: z.string(),
  serverNode: z.string(),
  declared: z
    .array(z.object({ by: z.string(), backend: z.string(), mtu: count.nullable() }))
    .describe("what the cluster's own configuration says of the path; none: it says nothing that could be read"),
  unread: z.array(z.string()).describe("what of that configuration may not be read, or could not be"),
});
export type OverlayRunEvidence = z.infer<typeof OverlayRunEvidence>;

export type OverlayEvidence = { readonly block: OverlayBlockEvidence; readonly run: OverlayRunEvidence };

export const OVERLAY_EVIDENCE: EvidenceSchema<OverlayEvidence> = {
  block: OverlayBlockEvidence,
  run: OverlayRunEvidence,
};
