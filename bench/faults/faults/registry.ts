import { clock } from "./clock.ts";
import { agent, apiServer, kubelet, loadWorker } from "./components.ts";
import { cuttingProxy } from "./cutting-proxy.ts";
import type { Fault } from "./fault.ts";
import { fullDisk } from "./full-disk.ts";
import { twoRunners } from "./two-runners.ts";

/** Beside the kills, in the order in which they are tried. */
export const FAULTS: readonly Fault[] = [
  apiServer(10),
  apiServer(60),
  kubelet,
  agent,
  loadWorker,
  fullDisk,
  twoRunners,
  clock(30),
  clock(-30),
  cuttingProxy,
];
