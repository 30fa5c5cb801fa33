import { z } from "zod";
import { type Change, KINDS } from "./registry.ts";
import { Machine } from "./system/system.ts";

/** How a later process finds the target again. */
export const TargetRef = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("lab"), name: z.string(), startedByRun: z.boolean() }),
  z.object({
    kind: z.literal("kubeconfig"),
    /** Absolute. Several are those of KUBECONFIG, none is a pod's own service account. */
    file: z.union([z.string(), z.array(z.string()).readonly()]),
    context: z.string(),
  }),
]);
export type TargetRef = z.infer<typeof TargetRef>;
export type KubeconfigRef = Extract<TargetRef, { readonly kind: "kubeconfig" }>;

/** A journal's first line: whose it is. */
export const RunLine = z.object({
  change: z.literal("run"),
  target: TargetRef,
  /** Of the cluster that the target led to. Absent where it may not be read, and in journals of versions that did not write it. */
  clusterUid: z.string().optional(),
  /** Absent in journals of versions that did not write it. */
  namespace: z.string().optional(),
  /** The namespace is the user's own: whoever restores works in it too. */
  lent: z.boolean().optional(),
  pid: z.number(),
  startTicks: z.string(),
  /** Absent in journals of versions that did not write it. */
  machine: Machine.optional(),
  agentImage: z.string(),
  startedAt: z.string(),
});
export type RunLine = z.infer<typeof RunLine>;

/** All changes of one kind that come before this line are undone. */
export const RevertedLine = z.object({
  change: z.literal("reverted"),
  kind: z.enum(KINDS.map(({ name }) => name)),
});
export type RevertedLine = z.infer<typeof RevertedLine>;

/** Of one kind, those about one thing that come before this line are undone. */
export const RevertedOneLine = z.object({
  change: z.literal("reverted-one"),
  kind: z.enum(KINDS.map(({ name }) => name)),
  thing: z.string(),
});
export type RevertedOneLine = z.infer<typeof RevertedOneLine>;

/** Any line but the first. */
export type JournalLine = Change | RevertedLine | RevertedOneLine;
