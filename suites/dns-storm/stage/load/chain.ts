import type { LoadEngine } from "../../../../runner/load/engines/engine.ts";
import { demandOpen, NEEDS_SCHEDULE, openLoadSpec } from "../../../../runner/load/engines/open-load.ts";

/**
 * Requests through a chain of services that find each other by name (programs/agent/chain), looked up by glibc.
 * @param names with {n} for the hop's number, e.g. hop-{n}.shop.test
 */
export function chain(names: string, depth: number): LoadEngine {
  return {
    name: "chain",
    summary: `requests through ${depth} services, each of which looks the next one up and calls it`,
    image: "resolver",
    cpuRequest: "100m",
    warmsUp: false,
    cannot: (load) => (load.model === "open" ? undefined : NEEDS_SCHEDULE),
    worker: (load, assignment) => ({
      command: ["/packetwalk-agent", "chain", "--drive"],
      environment: {
        PACKETWALK_CHAIN: JSON.stringify({
          resolver: "glibc",
          helper: "/lookup-glibc",
          names,
          depth,
          ...openLoadSpec(demandOpen(load), assignment),
        }),
      },
    }),
  };
}
