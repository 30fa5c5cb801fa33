/** What doctor was asked. */
export interface Asked {
  /** New connections a second that one node takes; null: not said. */
  readonly rate: number | null;
  /** Words of a command line that name the same cluster. */
  readonly target: readonly string[];
  /** The same for kubectl. */
  readonly kubectl: readonly string[];
}
