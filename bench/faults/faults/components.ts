/** Parts of the cluster that go away in a block, and come back. */
import { setTimeout as sleep } from "node:timers/promises";
import { killApiServerFor } from "../lab/api-server.ts";
import { agentsDoing, componentOf } from "../lab/processes.ts";
import { oneOf } from "../setting.ts";
import type { Fault } from "./fault.ts";

/** Longer than the 40 to 50 s after which a node whose kubelet is silent counts as lost. */
const KUBELET_STOPPED_S = 60;
const COMES_UP_MS = 30_000;

export const apiServer = (seconds: number): Fault => ({
  name: `api-server-${seconds}s`,
  does: `the API server killed, and back after ${seconds} s`,
  async strike({ own, signal }) {
    await killApiServerFor(own, seconds * 1000, signal);
    return [];
  },
});

export const kubelet: Fault = {
  name: "kubelet",
  does: `a node's kubelet stopped for ${KUBELET_STOPPED_S} s`,
  async strike({ own, signal, uniform }) {
    const { pid } = await componentOf(own, `kubelet of ${oneOf(own.lab.nodes, uniform)}`);
    process.kill(pid, "SIGSTOP");
    try {
      await sleep(KUBELET_STOPPED_S * 1000, undefined, { signal });
    } finally {
      process.kill(pid, "SIGCONT");
    }
    return [];
  },
};

export const agent: Fault = {
  name: "agent",
  does: "kill -9 of a node's agent",
  async strike({ own, signal, uniform }) {
    process.kill(oneOf(await agentsDoing(own, "hold", COMES_UP_MS, signal), uniform).pid, "SIGKILL");
    return [];
  },
};

export const loadWorker: Fault = {
  name: "load-worker",
  does: "kill -9 of one of the load's workers",
  async strike({ own, signal, uniform }) {
    process.kill(oneOf(await agentsDoing(own, "flood", COMES_UP_MS, signal), uniform).pid, "SIGKILL");
    return [];
  },
};
