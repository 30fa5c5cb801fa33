/** What one source says of the path between pods of different nodes. */
export interface DeclaredPath {
  /** Whose word it is, e.g. "Cilium (cilium-config)". */
  readonly by: string;
  /** In a few words, e.g. "vxlan", "host-gw, direct routes", "native routing". */
  readonly backend: string;
  /** In bytes; null: it does not say. */
  readonly mtu: number | null;
}
