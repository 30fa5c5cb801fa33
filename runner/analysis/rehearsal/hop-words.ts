import type { BreakingHop } from "../../result/rehearsal.ts";

/** Within a sentence, for people who decide: what it is, rather than what the kernel calls it. Its counter stands beside it. */
export const HOP_IN_SENTENCE: Readonly<Record<BreakingHop, string>> = {
  "client-ports": "the client’s ports",
  "client-conntrack": "the connection table of the client’s node",
  dns: "DNS",
  "service-dnat": "the Service’s address translation and connection table",
  overlay: "the overlay network",
  softnet: "the node’s receive queue",
  "listen-queue": "the server’s listen queue",
  "ingress-upstream": "the ingress’s connections to pods",
  "terminating-pod": "pods that are going away",
  target: "the target’s own pods",
};
