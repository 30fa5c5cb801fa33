import { z } from "zod";
import type { WorkerSpecInput } from "../../../../programs/node-worker/spec.ts";
import { AGENT, programPath } from "../../../../runner/delivery/programs.ts";
import { agentLookups } from "../../../../runner/load/engines/agent-lookups.ts";
import type { LoadEngine } from "../../../../runner/load/engines/engine.ts";
import { demandOpen, demandSilent, openLoadSpec } from "../../../../runner/load/engines/open-load.ts";
import { nodeCommand } from "../../../../runner/load/node-command.ts";
import { WorkerReport } from "../../../../runner/load/worker-report.ts";
import { ResolverReport } from "../../evidence.ts";
import type { ResolverName } from "../../result/resolvers.ts";

/** What is looked up in turn; {n} in a name becomes a part that no two look-ups of a run share. */
export interface LookupName {
  readonly kind: string;
  readonly name: string;
  /** How a look-up of it ends well, where that is not ok: that a name does not exist can be what there is to learn. */
  readonly wanted?: "dns-nxdomain" | undefined;
}

export interface LookupTask {
  readonly names: readonly [LookupName, ...LookupName[]];
}

/** As programs/agent/lookups and programs/node-worker/lookups print it. */
export const LookupReport = z.object({
  ...WorkerReport.shape,
  ...ResolverReport.pick({ resolver: true, resolvConf: true, lookups: true }).shape,
});
export type LookupReport = z.infer<typeof LookupReport>;

/** What a Node application has unless it was told otherwise; half of them may look names up (libuv's threadpool.c). */
const NODE_THREADS = "4";

/** Look-ups by a real resolver: getaddrinfo of glibc or musl (programs/lookup), of Node's pool ("node"), or c-ares. */
export function lookups(resolver: ResolverName): LoadEngine<LookupTask, LookupReport> {
  const common = {
    name: `lookups-${resolver}`,
    summary: `looks names up as applications on ${resolver} do`,
    cpuRequest: "100m",
    report: async () => LookupReport,
  };
  if (resolver === "glibc" || resolver === "musl") {
    return {
      ...common,
      image: "debian",
      programs: ["agent", `lookup-${resolver}`],
      warmsUp: false,
      worker: (load, { names }, terms) => agentLookups({ resolver, names }, load, terms),
    };
  }
  return {
    ...common,
    image: "node",
    programs: ["agent", "node-worker.cjs"],
    warmsUp: true,
    worker: (load, { names }, terms) => {
      demandSilent(terms);
      const { mostLagMs } = demandOpen(load);
      return {
        command: nodeCommand(),
        environment: {
          UV_THREADPOOL_SIZE: NODE_THREADS,
          PACKETWALK_LOAD: JSON.stringify({
            engine: "lookups",
            resolver,
            names: [...names],
            ...openLoadSpec(demandOpen(load), terms),
            ...(mostLagMs === undefined ? {} : { mostLagMs }),
          } satisfies WorkerSpecInput),
        },
      };
    },
  };
}

/** The command, for an exec in a worker's container, that looks names up as it is asked for them on stdin, one after another. */
export function countCommand(resolver: ResolverName): string[] {
  const how = ["--count", "--resolver", resolver];
  if (resolver === "glibc" || resolver === "musl") {
    return [AGENT, "lookups", "--helper", programPath(`lookup-${resolver}`), ...how];
  }
  return nodeCommand(...how);
}
