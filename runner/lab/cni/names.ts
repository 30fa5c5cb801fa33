import type { CniName } from "./cni.ts";

/** Apart from the registry, so that help need not load what starts processes. */
export const CNI_NAMES: readonly CniName[] = ["direct", "cilium"];
