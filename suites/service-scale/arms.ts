import type { Arms } from "../../runner/tunings/tuning.ts";
import type { ScaleTuning } from "./tunings.ts";

export const ARMS: Arms<ScaleTuning> = {
  baseline: ["proxy-iptables"],
  // The last Service of the chain, which is where a linked list shows.
  iptables: ["proxy-iptables"],
  "iptables-head": ["proxy-iptables", "service-at-head"],
  nftables: ["proxy-nftables"],
  ipvs: ["proxy-ipvs"],
  recommended: ["proxy-nftables"],
  placebo: ["proxy-iptables", "keepalive-probes-8"],
};
