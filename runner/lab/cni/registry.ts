import { cilium } from "./cilium/cilium.ts";
import type { LabCni } from "./cni.ts";
import { direct } from "./direct.ts";
import { CNI_NAMES, type CniName } from "./names.ts";

const CNIS: Readonly<Record<CniName, LabCni>> = { direct, cilium };

export function cniNamed(name: CniName = CNI_NAMES[0]): LabCni {
  return CNIS[name];
}
