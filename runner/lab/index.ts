import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { Interrupted } from "../errors.ts";
import type { Progress } from "../progress.ts";
import type { OnDemandImage } from "../workloads/images.ts";
import { tearDown } from "./down.ts";
import { addIngress } from "./ingress.ts";
import { addImage } from "./load-image.ts";
import { withLock } from "./lock.ts";
import { maximumNodes } from "./network.ts";
import { labFiles } from "./paths.ts";
import { type RunningRecord, readRecord } from "./record.ts";
import { sentenceOf } from "./sentence.ts";
import { labStatus } from "./status.ts";
import { type Lab, LabError, type LabOptions } from "./types.ts";
import { bringUp, refresh } from "./up.ts";

export { labStatus } from "./status.ts";
export { type IpFamily, type Lab, LabError, type LabOptions, type LabStatus, type ProxyMode } from "./types.ts";

/**
 * A running lab of these options: the one that is there already, or a new one.
 * @param signal calls the start off; what it has started is removed first.
 * @throws LabError when a lab of that name runs with other options, or this machine can't hold it; a start that fails
 * leaves nothing behind.
 */
export async function labUp(options: LabOptions, progress: Progress, signal?: AbortSignal): Promise<Lab> {
  demandName(options.name);
  if (!Number.isInteger(options.nodes) || options.nodes < 1 || options.nodes > maximumNodes) {
    throw new LabError(`a lab has 1 to ${maximumNodes} nodes, not ${options.nodes}`);
  }
  const { kubeBinariesDir, kubeletConfigFile, ciliumConfigFile } = options;
  const absolute = {
    ...options,
    ...(kubeBinariesDir === undefined ? {} : { kubeBinariesDir: resolve(kubeBinariesDir) }),
    ...(kubeletConfigFile === undefined ? {} : { kubeletConfigFile: resolve(kubeletConfigFile) }),
    ...(ciliumConfigFile === undefined ? {} : { ciliumConfigFile: resolve(ciliumConfigFile) }),
  };
  return locked(options.name, progress, () => bringUp(absolute, progress, signal), signal);
}

/** Removes a lab, or what there is of it; does nothing if there is nothing. */
export async function labDown(name: string, progress: Progress): Promise<void> {
  demandName(name);
  if ((await labStatus(name)).state === "absent") return;
  if (process.getuid?.() !== 0) throw new LabError(`taking down lab "${name}" needs root: run it with sudo`);
  await locked(name, progress, () => progress.step(`Taking down lab "${name}"`, (update) => tearDown(name, update)));
}

/**
 * The lab of that name, whatever its options, if it is running and answers; its nodes get the images that go with this
 * packetwalk, if theirs are older.
 */
export async function useLab(name: string, progress: Progress, signal?: AbortSignal): Promise<Lab | undefined> {
  demandName(name);
  return locked(
    name,
    progress,
    async () => {
      if ((await labStatus(name)).state !== "up") return undefined;
      const record = await readRecord(labFiles(name));
      return record?.state === "up" ? refresh(record, progress, signal) : undefined;
    },
    signal,
  );
}

/**
 * An image that load workers or a path run from, on every node of a running lab; built when it is first needed.
 * @returns its reference
 */
export async function loadImage(
  name: string,
  image: OnDemandImage,
  progress: Progress,
  signal?: AbortSignal,
): Promise<string> {
  demandName(name);
  if (image === "busybox") return (await demandRunning(name)).images.busybox;
  return locked(name, progress, async () => addImage(await demandRunning(name), image, progress, signal), signal);
}

/** Gives a running lab an ingress controller of class "traefik", for Ingress and Gateway API, if it has none yet. */
export async function labIngress(name: string, progress: Progress, signal?: AbortSignal): Promise<void> {
  demandName(name);
  await locked(name, progress, async () => addIngress(await demandRunning(name), progress, signal), signal);
}

/** The lab of that name if it is running and answers. */
export async function findLab(name: string): Promise<Lab | undefined> {
  demandName(name);
  const status = await labStatus(name);
  return status.state === "up" ? status.lab : undefined;
}

/**
 * Runs the lab's own kubectl on this process's terminal.
 * @returns its exit code.
 * @throws LabError if the lab is not up.
 */
export async function kubectl(name: string, args: string[]): Promise<number> {
  demandName(name);
  const files = labFiles(name);
  const record = await demandRunning(name);
  return new Promise((done, reject) => {
    const child = spawn(join(record.kubernetesDir, "kubectl"), args, {
      stdio: "inherit",
      env: { ...process.env, KUBECONFIG: files.kubeconfig },
    });
    child.once("error", (error) => reject(new LabError(`kubectl can't be run: ${error.message}`)));
    child.once("exit", (code) => done(code ?? 130));
  });
}

async function demandRunning(name: string): Promise<RunningRecord> {
  const record = await readRecord(labFiles(name));
  if (record?.state !== "up") throw new LabError(`lab "${name}" is not up: start it with packetwalk lab up`);
  return record;
}

/** Names become parts of paths, cgroups and network namespaces. */
function demandName(name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new LabError(`"${name}" can't be a lab's name: use up to 32 lower-case letters, digits and dashes`);
  }
}

/** Errors of the system that nothing below has put in words become LabErrors here. */
async function locked<T>(name: string, progress: Progress, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const waiting = () => progress.note(`Waiting for another packetwalk that is busy with lab "${name}"`);
  try {
    return await withLock(`lab/${name}`, waiting, work);
  } catch (error) {
    if (error instanceof Interrupted || signal?.aborted) throw error;
    const sentence = sentenceOf(error);
    if (error instanceof LabError && error.message === sentence) throw error;
    throw new LabError(sentence, { cause: error });
  }
}
