import { z } from "zod";

/** Why a node takes no part in a run. */
export const NodeUnfit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("operating-system"), is: z.string() }),
  /** Somebody's API and no machine. */
  z.object({ kind: z.literal("virtual"), by: z.string() }),
  z.object({ kind: z.literal("architecture"), is: z.string() }),
  z.object({ kind: z.literal("not-selected"), label: z.string() }),
  z.object({ kind: z.literal("not-ready"), says: z.string() }),
  z.object({ kind: z.literal("cordoned") }),
  z.object({ kind: z.literal("tainted"), taint: z.string() }),
  /** There are others enough. */
  z.object({ kind: z.literal("not-needed") }),
]);
export type NodeUnfit = z.infer<typeof NodeUnfit>;

export const Target = z.object({
  kind: z.enum(["lab", "kubeconfig"]),
  context: z.string(),
  uid: z
    .string()
    .nullable()
    .exactOptional()
    .describe(
      "by which the cluster is known again: that of its namespace kube-system, or of what it gave to the lent one; null: not readable; absent: not asked",
    ),
  kubernetes: z.string(),
  cni: z.string(),
  proxyMode: z.string(),
  /** Whose Kubernetes it is, where that can be told. Not in results of versions before. */
  distribution: z.string().nullable().optional(),
  kernel: z.string(),
  nodes: z.number().int().nullable().describe("null: we might not list them"),
  nodeFacts: z.array(
    z.object({
      name: z.string(),
      cpus: z.number(),
      memoryBytes: z.number(),
      region: z.string().nullable(),
      zone: z.string().nullable(),
      containerRuntime: z.string(),
    }),
  ),
  /** Nodes that took no part. Not in results of versions before. */
  leftOut: z.array(z.object({ name: z.string(), because: NodeUnfit })).optional(),
});
export type Target = z.infer<typeof Target>;

/** What of two clusters is laid beside each other. */
export const TargetTrait = z.enum([
  "distribution",
  "kubernetes",
  "kernel",
  "runtime",
  "cni",
  "proxy-mode",
  "nodes",
  "node-sizes",
  "region",
  "zone",
]);
export type TargetTrait = z.infer<typeof TargetTrait>;

export const TargetDifference = z.object({
  what: TargetTrait,
  baseline: z.string().nullable().describe("null: not known"),
  tuned: z.string().nullable(),
});
export type TargetDifference = z.infer<typeof TargetDifference>;

/** Each arm on a cluster of its own. */
export const Targets = z.object({
  baseline: Target,
  tuned: Target,
  differences: z
    .array(TargetDifference)
    .describe(
      "what differs between them, or is not known to be alike; none of it alone is the cause of a difference between the arms",
    ),
});
export type Targets = z.infer<typeof Targets>;
