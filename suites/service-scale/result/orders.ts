/** By which order a cost grows, the smallest first. */
export const ORDERS = ["constant", "logarithmic", "linear"] as const;
export type Order = (typeof ORDERS)[number];
