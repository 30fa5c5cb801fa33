import type { RunLine, TargetRef } from "./lines.ts";

/** By what a cluster is known again. */
export interface KnownCluster {
  readonly ref: TargetRef;
  /** Null where it may not be read. */
  readonly clusterUid: string | null;
}

export function clusterOf({ target, clusterUid }: RunLine): KnownCluster {
  return { ref: target, clusterUid: clusterUid ?? null };
}

/**
 * Pure: one cluster may have several names, and one name may lead to several clusters in turn. Only where a UID is not known the
 * name decides.
 */
export function isSameCluster(one: KnownCluster, other: KnownCluster): boolean {
  // A lab that was made anew is another cluster on the same kernel, where what is left of the first one still is.
  if (one.ref.kind === "lab" && other.ref.kind === "lab") return one.ref.name === other.ref.name;
  if (one.clusterUid !== null && other.clusterUid !== null) return one.clusterUid === other.clusterUid;
  if (one.ref.kind === "lab" || other.ref.kind === "lab") return false;
  return one.ref.context === other.ref.context && String(one.ref.file) === String(other.ref.file);
}
