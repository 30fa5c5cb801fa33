import type { WorkerSpecInput } from "../../../../programs/node-worker/spec.ts";
import type { LoadEngine } from "../../../../runner/load/engines/engine.ts";
import { demandOpen, NEEDS_SCHEDULE, openLoadSpec } from "../../../../runner/load/engines/open-load.ts";

/** What is looked up in turn; {n} in a name becomes a part that no two look-ups of a run share. */
export interface LookupName {
  readonly kind: string;
  readonly name: string;
  /** How a look-up of it ends well, where that is not ok: that a name does not exist can be what there is to learn. */
  readonly wanted?: "dns-nxdomain" | undefined;
}

/** What a Node application has unless it was told otherwise; half of them may look names up (libuv's threadpool.c). */
const NODE_THREADS = "4";

/**
 * Not HTTP but look-ups, by a real resolver: getaddrinfo of glibc or musl (programs/lookup), of Node's pool ("node"), or c-ares.
 * Its workers' reports hold more than every engine's: see LoadOptions.onReport and suites/dns-storm/evidence.ts.
 */
export function lookups(
  resolver: "glibc" | "musl" | "node" | "node-c-ares",
  names: readonly [LookupName, ...LookupName[]],
): LoadEngine {
  const common: Pick<LoadEngine, "name" | "summary" | "cpuRequest" | "cannot"> = {
    name: `lookups-${resolver}`,
    summary: `looks names up as applications on ${resolver} do`,
    cpuRequest: "250m",
    cannot: (load) => (load.model === "open" ? undefined : NEEDS_SCHEDULE),
  };
  if (resolver === "glibc" || resolver === "musl") {
    return {
      ...common,
      image: "resolver",
      warmsUp: false,
      worker: (load, assignment) => ({
        command: ["/packetwalk-agent", "lookups"],
        environment: {
          PACKETWALK_LOOKUPS: JSON.stringify({
            resolver,
            helper: `/lookup-${resolver}`,
            names,
            ...openLoadSpec(demandOpen(load), assignment),
          }),
        },
      }),
    };
  }
  return {
    ...common,
    image: "node-worker",
    warmsUp: true,
    worker: (load, assignment) => ({
      environment: {
        UV_THREADPOOL_SIZE: NODE_THREADS,
        PACKETWALK_LOAD: JSON.stringify({
          engine: "lookups",
          resolver,
          names: [...names],
          ...openLoadSpec(demandOpen(load), assignment),
          ...(demandOpen(load).mostLagMs === undefined ? {} : { mostLagMs: demandOpen(load).mostLagMs }),
        } satisfies WorkerSpecInput),
      },
    }),
  };
}

/** The command, for an exec in a worker's container, that looks one name up so many times, one after another. */
export function countCommand(
  resolver: "glibc" | "musl" | "node" | "node-c-ares",
  { kind, name }: LookupName,
  times: number,
): string[] {
  const what = ["--count", String(times), "--kind", kind, "--name", name, "--resolver", resolver];
  if (resolver === "glibc" || resolver === "musl") {
    return ["/packetwalk-agent", "lookups", "--helper", `/lookup-${resolver}`, ...what];
  }
  // Wherever the image keeps its Node: the worker that waits at its gate is the container's first process.
  return ["/proc/1/exe", "/node-worker.cjs", ...what];
}
