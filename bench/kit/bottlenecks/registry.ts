import type { Bottleneck } from "./bottleneck.ts";
import { conntrack } from "./conntrack.ts";
import { dns } from "./dns.ts";
import { deployServer } from "./server.ts";

const nothing = async () => {};

export const BOTTLENECKS: readonly Bottleneck[] = [
  conntrack,
  {
    name: "client-ports",
    hop: "client-ports",
    // 28,232 ports, each in TIME_WAIT for 60 s.
    takesPerSecond: 28_232 / 60,
    clients: 1,
    stage: async () => nothing,
  },
  dns,
  {
    name: "listen-queue",
    hop: "listen-queue",
    takesPerSecond: 1000 / 10,
    clients: 1,
    stage: (lab) => deployServer(lab, "busy.mjs", { BUSY_MS: 10, BACKLOG: 8 }),
  },
  {
    name: "one-pod",
    hop: "target",
    takesPerSecond: 5 / 0.05,
    clients: 1,
    stage: (lab) => deployServer(lab, "few-places.mjs", { PLACES: 5, TAKES_MS: 50 }),
  },
];
