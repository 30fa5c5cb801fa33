/** What doctor was asked. */
export interface Asked {
  /** New connections a second that one node is to take; null: not said. */
  readonly rate: number | null;
  /** Pods of that node which open them, each to one Service port; left out: not said. */
  readonly clients?: number;
  /** Words by which kubectl takes the same cluster, as they are typed. */
  readonly kubectl: readonly string[];
}
