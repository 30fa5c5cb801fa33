import { execInPod } from "../../../runner/cluster/exec.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { AGENT } from "../../../runner/delivery/programs.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { readDocument } from "../../../runner/json-document.ts";
import { demandOpen } from "../../../runner/load/engines/open-load.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import { type Clients, chainTask, type Resolving } from "./clients.ts";
import { ChainReport, chain } from "./load/chain.ts";
import type { StormStage } from "./storm-stage.ts";

const PATIENCE_MS = 30_000;
/** So many that several servers' caches have nearly all of its names afterwards. */
const REQUESTS = constant(10, 1_000);

/**
 * Sends requests through the chain until all come back whole: its hops are found then, and its names are in the caches,
 * as those of services in use are.
 * @throws EnvironmentError if they do not within 30 s, with how the last ones ended
 */
export async function warmUpChain(stage: StormStage, resolving: Resolving, { chainDriver }: Clients): Promise<void> {
  const spec = await specOf(stage, resolving);
  const at = { namespace: stage.cluster.namespace, pod: chainDriver.pod, container: "load" };
  const command = [AGENT, "chain", "--drive", "--no-gate", "--spec", "-"];
  let trouble = "";
  await waitFor(
    "requests through the chain of services",
    async () => {
      const ran = await execInPod(stage.cluster, at, command, {
        stdin: spec,
        timeoutMs: PATIENCE_MS,
        signal: stage.signal,
      });
      if (ran.exitCode !== 0) throw new EnvironmentError(`the chain's driver: ${ran.stderr.trim()}`);
      const { scheduled, ended } = readDocument("the chain's driver", ran.stdout, ChainReport);
      trouble = `they ended as ${Object.keys(ended).filter((outcome) => outcome !== "ok")}`;
      return ended.ok === scheduled ? true : undefined;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 250, describe: () => trouble, signal: stage.signal },
  );
}

async function specOf(stage: StormStage, resolving: Resolving): Promise<string> {
  const load = { ...demandOpen(stage.plan.load), schedule: REQUESTS, timeoutMs: PATIENCE_MS / 2, workers: 1 };
  const program = await chain.worker(load, chainTask(stage, resolving), {
    seed: stage.seed,
    sliceMs: 1_000,
    gateTimeoutMs: PATIENCE_MS,
  });
  return program.environment.PACKETWALK_CHAIN ?? "";
}
