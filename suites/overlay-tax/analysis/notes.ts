import type { OverlayBlockEvidence } from "../evidence.ts";

/** What this suite says, as data. */
export type OverlayNote =
  | {
      readonly kind: "other-path";
      readonly arm: string;
      readonly round: number;
      readonly wanted: "direct" | "vxlan";
      readonly took: OverlayBlockEvidence["took"];
      readonly tunnelPackets: number;
      readonly requests: number;
    }
  | {
      readonly kind: "path-unclear";
      readonly arm: string;
      readonly round: number;
      readonly tunnelPackets: number;
      readonly requests: number;
    }
  | { readonly kind: "by-headers"; readonly mtu: number; readonly otherMtu: number }
  | { readonly kind: "by-cpu" }
  | { readonly kind: "each-once" }
  | { readonly kind: "past-the-tunnel" };
