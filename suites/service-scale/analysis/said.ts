/** What this suite says as data, and report/words.ts as text. */
export type ScaleSaid =
  | { readonly kind: "not-programmed"; readonly node: string; readonly found: number; readonly wanted: number }
  | { readonly kind: "ns-per-rule"; readonly rules: number; readonly leastNs: number; readonly mostNs: number }
  | { readonly kind: "nothing-walked"; readonly mode: string }
  | { readonly kind: "largest-less-smallest"; readonly largest: number; readonly smallest: number }
  | { readonly kind: "one-size-only" };
