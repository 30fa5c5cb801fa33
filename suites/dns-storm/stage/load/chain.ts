import { z } from "zod";
import { AGENT, programPath } from "../../../../runner/delivery/programs.ts";
import type { LoadEngine } from "../../../../runner/load/engines/engine.ts";
import { demandOpen, demandSilent, openLoadSpec } from "../../../../runner/load/engines/open-load.ts";
import { WorkerReport } from "../../../../runner/load/worker-report.ts";
import type { Outcomes } from "../../../../runner/result/outcomes.ts";
import { ChainHop, ChainOutcomes } from "../../evidence.ts";
import { ResolverName } from "../../result/resolvers.ts";

export interface ChainTask {
  /** With {n} for the hop's number, e.g. hop-{n}.shop.test. */
  readonly names: string;
  readonly depth: number;
}

const count = z.number().int().nonnegative();
const Printed = z.object({
  ...WorkerReport.shape,
  outcomes: ChainOutcomes,
  resolver: ResolverName,
  depth: count,
  hops: z.array(ChainHop),
  requests: z.array(z.object({ dnsMs: z.number(), totalMs: z.number() })),
});

/** As programs/agent/chain prints it. How its requests ended stands in its own words in `ended`, and as every load's. */
export const ChainReport = Printed.transform(({ outcomes: ended, ...report }) => ({
  ...report,
  ended,
  outcomes: asCauses(ended),
}));
export type ChainReport = z.infer<typeof ChainReport>;

/** Requests through a chain of services that find each other by name (programs/agent/chain), looked up by glibc. */
export const chain: LoadEngine<ChainTask, ChainReport> = {
  name: "chain",
  summary: "requests through a chain of services, each of which looks the next one up and calls it",
  image: "debian",
  programs: ["agent", "lookup-glibc"],
  cpuRequest: "100m",
  warmsUp: false,
  report: async () => ChainReport,
  worker(load, { names, depth }, terms) {
    demandSilent(terms); // its requests end in words of its own
    return {
      command: [AGENT, "chain", "--drive"],
      environment: {
        PACKETWALK_CHAIN: JSON.stringify({
          resolver: "glibc",
          helper: programPath("lookup-glibc"),
          names,
          depth,
          ...openLoadSpec(demandOpen(load), terms),
        }),
      },
    };
  },
};

/** A call that failed can have been refused, answered with a bad status, or cut short: the least that all of them are. */
function asCauses({ timeout, "call-failed": callFailed, ...others }: ChainOutcomes): Outcomes {
  return {
    ...others,
    ...(timeout === undefined ? {} : { "response-timeout": timeout }),
    ...(callFailed === undefined ? {} : { "protocol-error": callFailed }),
  };
}
