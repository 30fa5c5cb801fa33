import { EnvironmentError } from "../../errors.ts";
import { demandOpen } from "../../load/engines/open-load.ts";
import { constant } from "../../load/schedule/profiles.ts";
import { execInPod } from "../../target/exec.ts";
import { waitFor } from "../../target/wait.ts";
import { NAMESPACE } from "../../workloads/namespace.ts";
import { type Clients, chainEngine, type Resolving } from "./clients.ts";
import { ChainReport } from "./reports.ts";
import type { Stage } from "./stage.ts";

/** Time for one request through a chain whose every look-up waits for the upstream. */
const ONE_REQUEST_MS = 30_000;

/**
 * Sends a request through the chain until one comes back whole: all of its hops are found then, and its names are in the
 * caches, as those of services in use are.
 * @throws EnvironmentError if none does within 30 s, with how the last one ended
 */
export async function warmUpChain(stage: Stage, resolving: Resolving, { chainDriver }: Clients): Promise<void> {
  const spec = await oneRequest(stage, resolving);
  const at = { namespace: NAMESPACE, pod: chainDriver.pod, container: "load" };
  const command = ["/packetwalk-agent", "chain", "--drive", "--no-gate", "--spec", "-"];
  let trouble = "";
  await waitFor(
    "a request through the chain of services",
    async () => {
      const ran = await execInPod(stage.cluster, at, command, {
        stdin: spec,
        timeoutMs: ONE_REQUEST_MS,
        signal: stage.signal,
      });
      if (ran.exitCode !== 0) throw new EnvironmentError(`the chain's driver: ${ran.stderr.trim()}`);
      const { outcomes } = ChainReport.parse(JSON.parse(ran.stdout));
      trouble = `it ended as ${Object.keys(outcomes).filter((outcome) => outcome !== "ok")}`;
      return outcomes.ok > 0 ? true : undefined;
    },
    { timeoutMs: 30_000, intervalMs: 250, describe: () => trouble, signal: stage.signal },
  );
}

async function oneRequest(stage: Stage, resolving: Resolving): Promise<string> {
  const load = {
    ...demandOpen(stage.plan.load),
    schedule: constant(10, 100),
    timeoutMs: ONE_REQUEST_MS / 2,
    workers: 1,
  };
  const program = await chainEngine(stage, resolving).worker(load, {
    targets: [{ name: "dns", address: `${stage.dnsIp}:53`, host: "dns", path: "" }],
    seed: stage.seed,
    sliceMs: 1_000,
    gateTimeoutMs: ONE_REQUEST_MS,
  });
  return program.environment.PACKETWALK_CHAIN ?? "";
}
