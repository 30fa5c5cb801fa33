/** The client node's table has so many entries left: the others are ours, and outlast the rehearsal. */
import { GC_LAG_S } from "../../../runner/analysis/capacity/connections.ts";
import { command } from "../../../runner/lab/machine/command.ts";
import { programSource } from "../../../runner/programs/source.ts";
import { silent } from "../../../runner/progress.ts";
import type { Bottleneck } from "./bottleneck.ts";

const FREE = 12_000;
const MARK = "0x7077";
const LASTS_S = 3_600;
/** nf_conntrack_tcp_timeout_time_wait */
const ENTRY_S = 120;

export const conntrack: Bottleneck = {
  name: "conntrack",
  hop: "client-conntrack",
  takesPerSecond: FREE / (ENTRY_S + GC_LAG_S),
  clients: 2,
  async stage({ lab }) {
    const agent = await programSource(silent)("agent", process.arch === "arm64" ? "arm64" : "amd64");
    if (!agent) throw new Error("no agent for this machine");
    const onNode = (...args: string[]) => command("ip", ["netns", "exec", `pw-${lab.name}-node1`, agent.path, ...args]);
    const { entries, limit }: { entries: number; limit: number } = JSON.parse(await onNode("conntrack", "count"));
    const count = String(limit - entries - FREE);
    const how = ["--timeout-s", String(LASTS_S), "--state", "time-wait", "--mark", MARK];
    await onNode("conntrack", "prefill", "--count", count, ...how);
    return async () => {
      await onNode("conntrack", "flush", "--mark", MARK);
    };
  },
};
