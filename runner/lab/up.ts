import { cp, mkdir, readFile, realpath, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../progress.ts";
import { type BootPlan, boot } from "./boot/boot.ts";
import { freePort } from "./boot/free-port.ts";
import { type Prepared, prepare } from "./builds/prepare.ts";
import { cniNamed } from "./cni/registry.ts";
import { tearDown } from "./down.ts";
import { hasIpv6 } from "./families.ts";
import { demandInotify } from "./machine/inotify.ts";
import { killLabProcesses } from "./machine/processes.ts";
import { hasCapSysResource, meetRequirements } from "./machine/requirements.ts";
import { nodeNetworks } from "./network.ts";
import { type Configuration, parseKubeletFragment } from "./node/configuration.ts";
import { importImage } from "./node/start-node.ts";
import { cacheDir, labFiles } from "./paths.ts";
import { type RunningRecord, readRecord, writeRecord } from "./record.ts";
import { sentenceOf } from "./sentence.ts";
import { labOf, labStatus } from "./status.ts";
import { ipFamilyOf, type Lab, LabError, type LabOptions } from "./types.ts";

/** The lab of these options, running: the one that is there, or a new one. The caller holds the lab's lock. */
export async function bringUp(options: LabOptions, progress: Progress, signal?: AbortSignal): Promise<Lab> {
  const files = labFiles(options.name);
  const kubeletOverrides = await readKubeletFragment(options.kubeletConfigFile);
  const status = await labStatus(options.name);
  const record = await readRecord(files);
  if (status.state === "up" && record?.state === "up") {
    const different = differences(record.options, options);
    if (different.length > 0) throw new LabError(otherLab(options.name, different));
    return refresh(record, progress, signal);
  }
  const cni = cniNamed(options.cni);
  const ipFamily = ipFamilyOf(options);
  if (hasIpv6(ipFamily) && !cni.hasIpv6)
    throw new LabError(`the lab with CNI ${cni.name} has IPv4 alone: leave --ip-family out, or --cni`);
  await progress.step("This machine", async (update) => {
    await meetRequirements(cni.leadsServices === null ? options.proxyMode : null, ipFamily, update);
    await cni.meetRequirements(update);
  });
  if (status.state === "broken") {
    await progress.step(`Removing what is left of an earlier lab "${options.name}"`, (update) =>
      tearDown(options.name, update),
    );
  }
  await demandInotify(options.nodes);
  const apiPort = await freePort(options.apiPort);
  const prepared = await prepare(options.kubeBinariesDir, progress, signal);
  const preparedCni = await cni.prepare(options.ciliumConfigFile, progress, signal);
  signal?.throwIfAborted();
  return progress.step(`Lab "${options.name}"`, (update) =>
    startOrNothing(
      { options, apiPort, prepared, cni: { ...cni, prepared: preparedCni }, kubeletOverrides, update },
      signal,
    ),
  );
}

/** Starts the lab; if that fails or is called off, everything goes, but for the logs of a failure. */
async function startOrNothing(plan: Start, signal: AbortSignal | undefined): Promise<Lab> {
  const { name } = plan.options;
  const starting = start(plan);
  try {
    return await (signal ? Promise.race([starting, whenAborted(signal)]) : starting);
  } catch (error) {
    plan.update("removing it again");
    // Without its processes nothing of the start can go on; only then is it known what there is to remove.
    await killLabProcesses(name, () => {});
    await starting.catch(() => {});
    const logs = signal?.aborted ? undefined : await keepLogs(name);
    await tearDown(name, () => {});
    throw signal?.aborted ? error : withLogs(error, logs);
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** Gives the folder that the logs of the last failed start are kept in. */
async function keepLogs(name: string): Promise<string | undefined> {
  const kept = join(cacheDir(), "failed-starts", name);
  await rm(kept, { recursive: true, force: true });
  return cp(labFiles(name).logs, kept, { recursive: true }).then(
    () => kept,
    () => undefined,
  );
}

function withLogs(error: unknown, logs: string | undefined): LabError {
  const reason = sentenceOf(error);
  return new LabError(logs ? `${reason} (logs: ${logs})` : reason, { cause: error });
}

function otherLab(name: string, different: readonly string[]): string {
  return `lab "${name}" is up with ${different.join(" and ")}: take it down first (packetwalk lab down --name ${name}), or give the new one another name`;
}

interface Start {
  options: LabOptions;
  apiPort: number;
  prepared: Prepared;
  cni: BootPlan["cni"];
  kubeletOverrides: Configuration;
  update: (detail: string) => void;
}

async function start({ options, apiPort, prepared, cni, kubeletOverrides, update }: Start): Promise<Lab> {
  const files = labFiles(options.name);
  await mkdir(files.root, { recursive: true, mode: 0o700 });
  await demandSpace(files.root, options.nodes);
  await writeRecord(files, { state: "starting", options });
  const { images, binaries } = prepared;
  const { components, nodes } = await boot(
    {
      lab: options.name,
      files,
      nodes: nodeNetworks(options.nodes, ipFamilyOf(options)),
      ipFamily: ipFamilyOf(options),
      binaries,
      apiPort,
      images: { pause: images.pause, coredns: images.coredns, busybox: images.busybox, others: [images.web] },
      cni,
      nodeSetup: {
        proxyMode: cni.leadsServices === null ? options.proxyMode : null,
        kubeletOverrides,
        keep: await Promise.all(
          [files.root, cacheDir(), ...(options.kubeBinariesDir ? [options.kubeBinariesDir] : [])].map((path) =>
            realpath(path),
          ),
        ),
        restrictOomScore: !(await hasCapSysResource()),
        snapshotter: await snapshotterOn(files.root),
      },
    },
    update,
  );
  const record: RunningRecord = {
    state: "up",
    options,
    apiPort,
    kubernetesDir: binaries.kubernetes,
    kubernetesVersion: prepared.kubernetesVersion,
    startedAt: new Date().toISOString(),
    network: cni.prepared.about,
    nodes,
    images: { busybox: images.busybox.reference, web: images.web.reference, onDemand: [] },
    components: components.map(({ title, pid, startTicks }) => ({ title, pid, startTicks })),
  };
  await writeRecord(files, record);
  return labOf(files, record);
}

/** A lab may be older than this packetwalk: its nodes get the images that this one goes with. */
export async function refresh(record: RunningRecord, progress: Progress, signal?: AbortSignal): Promise<Lab> {
  const files = labFiles(record.options.name);
  const { images } = await prepare(record.options.kubeBinariesDir, progress, signal);
  const current = { ...record.images, busybox: images.busybox.reference, web: images.web.reference };
  const stale = [images.busybox, images.web].filter(
    ({ reference }) => record.images.busybox !== reference && record.images.web !== reference,
  );
  for (const image of stale) {
    await Promise.all(record.nodes.map(({ containerdPid }) => importImage(containerdPid, image.archive)));
  }
  const refreshed = { ...record, images: current };
  if (stale.length > 0) await writeRecord(files, refreshed);
  return labOf(files, refreshed);
}

/** A node's copies of the images, and etcd's log, which is allocated in advance. */
async function demandSpace(directory: string, nodes: number): Promise<void> {
  const neededBytes = 300e6 + nodes * 300e6;
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= neededBytes) return;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  throw new LabError(
    `a lab of ${nodes} nodes needs ${megabytes(neededBytes)} MB of disk, and ${directory} has ${megabytes(bavail * bsize)} MB left`,
  );
}

/** overlayfs can't be stacked on itself, as in a container; copying is slower, and always works. */
async function snapshotterOn(directory: string): Promise<"overlayfs" | "native"> {
  const overlayfsMagic = 0x794c7630; // OVERLAYFS_SUPER_MAGIC, linux/magic.h
  return (await statfs(directory)).type === overlayfsMagic ? "native" : "overlayfs";
}

/** Pure: in what a running lab differs from the one asked for, e.g. `3 nodes`. A port not asked for does not matter. */
export function differences(running: LabOptions, wanted: LabOptions): string[] {
  const different: string[] = [];
  if (running.nodes !== wanted.nodes) different.push(`${running.nodes} nodes`);
  const [runningCni, wantedCni] = [cniNamed(running.cni), cniNamed(wanted.cni)];
  if (runningCni !== wantedCni) different.push(`CNI ${runningCni.name}`);
  else if (running.ciliumConfigFile !== wanted.ciliumConfigFile)
    different.push(`the Cilium configuration of ${running.ciliumConfigFile ?? "the default"}`);
  if (runningCni.leadsServices === null && wantedCni.leadsServices === null && running.proxyMode !== wanted.proxyMode)
    different.push(`kube-proxy in ${running.proxyMode} mode`);
  if (ipFamilyOf(running) !== ipFamilyOf(wanted)) different.push(`--ip-family ${ipFamilyOf(running)}`);
  if (running.kubeBinariesDir !== wanted.kubeBinariesDir)
    different.push(`the Kubernetes programs of ${running.kubeBinariesDir ?? "its own build"}`);
  if (running.kubeletConfigFile !== wanted.kubeletConfigFile)
    different.push(`the kubelet configuration of ${running.kubeletConfigFile ?? "the default"}`);
  if (wanted.apiPort !== undefined && running.apiPort !== wanted.apiPort) different.push("another API port");
  return different;
}

async function readKubeletFragment(file: string | undefined): Promise<Configuration> {
  if (file === undefined) return {};
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new LabError(`the kubelet configuration can't be read: ${error.message}`);
  });
  return parseKubeletFragment(text, file);
}
