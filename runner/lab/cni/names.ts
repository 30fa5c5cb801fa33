/** How `lab up --cni` and results call the ways to connect a lab's pods; the first is what nobody asked for. */
export const CNI_NAMES = ["direct", "cilium"] as const;
export type CniName = (typeof CNI_NAMES)[number];
