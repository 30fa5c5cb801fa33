/** What admission says to a pod of ours; nothing is created. */
export type Admission =
  | { readonly state: "accepted" }
  | { readonly state: "refused"; readonly says: string }
  /** Nobody could be asked, or the one who answered will not decide it. */
  | { readonly state: "unknown"; readonly says: string };
