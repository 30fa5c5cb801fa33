import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../../../runner/errors.ts";
import { controlPlaneGroup } from "../../../runner/lab/boot/control-plane.ts";
import { launch } from "../../../runner/lab/machine/launch.ts";
import { netnsPath } from "../../../runner/lab/machine/namespaces.ts";
import { labFiles } from "../../../runner/lab/paths.ts";
import { writeRecord } from "../../../runner/lab/record.ts";
import type { OwnLab } from "./own-lab.ts";
import { componentOf, wordsOf } from "./processes.ts";

const TITLE = "kube-apiserver";
const READY_MS = 120_000;

/**
 * Kills the API server, and starts it again as the lab does: `lab up` would take the whole lab down for it, and begin
 * another cluster.
 */
export async function killApiServerFor(own: OwnLab, downMs: number, signal: AbortSignal): Promise<void> {
  const { pid } = await componentOf(own, TITLE);
  const words = await wordsOf(pid);
  process.kill(pid, "SIGKILL");
  await sleep(downMs, undefined, { signal });
  const { name } = own.lab;
  const files = labFiles(name);
  const started = await launch({
    title: TITLE,
    lab: name,
    cgroup: controlPlaneGroup,
    logFile: join(files.logs, `${TITLE}.log`),
    command: ["nsenter", `--net=${netnsPath(name, "cp")}`, "--", ...words],
  });
  started.settled();
  const record = await own.record();
  const now = { title: TITLE, pid: started.pid, startTicks: started.startTicks };
  const components = record.components.map((each) => (each.title === TITLE ? now : each));
  await writeRecord(files, { ...record, components });
  await untilReady(own, signal);
}

async function untilReady(own: OwnLab, signal: AbortSignal): Promise<void> {
  for (const untilMs = performance.now() + READY_MS; ; await sleep(500, undefined, { signal })) {
    const answer = await own.kubectl("get", "--raw", "/readyz").catch(() => "");
    if (answer.trim() === "ok") return;
    if (performance.now() > untilMs) throw new EnvironmentError("the API server did not come back");
  }
}
