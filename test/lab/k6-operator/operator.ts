import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { apiServerUrl } from "../../../runner/lab/boot/control-plane.ts";
import { primaryRanges } from "../../../runner/lab/families.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { netnsPath } from "../../../runner/lab/machine/namespaces.ts";

/**
 * The real k6-operator, if this machine has it: packetwalk neither contains nor builds it, and Go's module proxies need not
 * serve it. `K6_OPERATOR` names its program (`manager` in its image), `K6_OPERATOR_CRDS` the folder with its CRDs.
 */
export const operatorHere =
  process.env.K6_OPERATOR && process.env.K6_OPERATOR_CRDS
    ? { name: "the k6-operator", program: process.env.K6_OPERATOR, crds: process.env.K6_OPERATOR_CRDS }
    : undefined;

export interface RunningOperator {
  stop(): Promise<void>;
}

/**
 * Starts it as a process of this machine in a node's network namespace: it asks runners' Services for their state, and
 * the whole lab has no route to anywhere else.
 */
export async function startOperator(program: string, lab: Lab, node: string): Promise<RunningOperator> {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-k6-operator-"));
  const kubeconfig = join(folder, "kubeconfig");
  const text = readFileSync(lab.kubeconfigPath, "utf8");
  writeFileSync(kubeconfig, text.replace(/server: .*/, `server: ${apiServerUrl(primaryRanges(lab.ipFamily))}`), {
    mode: 0o600,
  });
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", "nsenter", `--net=${netnsPath(lab.name, node)}`, program],
      ...["--metrics-bind-address=127.0.0.1:0", "--health-probe-bind-address=127.0.0.1:0"],
    ],
    { env: { KUBECONFIG: kubeconfig, HOME: folder }, stdio: "ignore" },
  );
  await Promise.race([once(child, "spawn"), once(child, "error").then(([error]) => Promise.reject(error))]);
  return {
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await Promise.race([ended, sleep(10_000).then(() => child.kill("SIGKILL"))]);
  await ended;
}
