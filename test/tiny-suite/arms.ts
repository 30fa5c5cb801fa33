import { IN_CLIENTS, podSysctl, type Sysctl } from "../../runner/tunings/sysctl.ts";
import type { Arms } from "../../runner/tunings/tuning.ts";

const widePorts = podSysctl({
  name: "tiny-ports",
  key: "net.ipv4.ip_local_port_range",
  value: "20000 60999",
  actsIn: IN_CLIENTS,
  note: "more ports than twenty requests need",
});

export const ARMS: Arms<Sysctl> = { baseline: [], recommended: [widePorts], placebo: [] };
