import { cilium } from "./cilium/cilium.ts";
import type { CniName, LabCni } from "./cni.ts";
import { direct } from "./direct.ts";

const CNIS: Readonly<Record<CniName, LabCni>> = { direct, cilium };

/** What a lab has that nobody asked for another. */
export const DEFAULT_CNI: CniName = "direct";

export function cniNamed(name: CniName = DEFAULT_CNI): LabCni {
  return CNIS[name];
}
