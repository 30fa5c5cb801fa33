import { agentLookups } from "./agent-lookups.ts";
import { type LoadEngine, plainReport } from "./engine.ts";

export interface NamesTask {
  /** In turn; {n} in a name becomes a part that no two look-ups share. */
  readonly names: readonly [string, ...string[]];
}

/** Names looked up by getaddrinfo of glibc (programs/agent/lookups), as most applications do. */
export const names: LoadEngine<NamesTask> = {
  name: "names",
  summary: "looks names up as applications on glibc do",
  image: "debian",
  programs: ["agent", "lookup-glibc"],
  cpuRequest: "100m",
  warmsUp: false,
  report: plainReport,
  worker: (load, { names: all }, terms) =>
    agentLookups({ resolver: "glibc", names: all.map((name) => ({ kind: "rehearsed", name })) }, load, terms),
};
