/** What the Services are like that the loaded one stands among; dead: all but one have no endpoint. */
export const VARIANTS = ["plain", "dead", "session-affinity"] as const;
export type Variant = (typeof VARIANTS)[number];
