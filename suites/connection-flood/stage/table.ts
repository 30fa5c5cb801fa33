/** How the conntrack table stands when a block's load begins. */
export type TableStart =
  | { readonly kind: "as-drained" }
  /** Without agents nobody drains or fills it. */
  | { readonly kind: "as-it-is" }
  /** Filled up to `headroomEntries` below the limit that the table had when the run began, in every arm alike. */
  | { readonly kind: "prefilled"; readonly headroomEntries: number };

export const TABLE_START: Readonly<Record<"quick" | "full", TableStart>> = {
  full: { kind: "as-drained" },
  quick: { kind: "prefilled", headroomEntries: 3000 },
};
