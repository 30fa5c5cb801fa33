import { mkdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Progress } from "../progress.ts";
import { boot } from "./boot/boot.ts";
import { freePort } from "./boot/free-port.ts";
import { type Prepared, prepare } from "./builds/prepare.ts";
import { tearDown } from "./down.ts";
import { hasCapSysResource, meetRequirements } from "./machine/requirements.ts";
import { nodeNetworks } from "./network.ts";
import { type Configuration, parseKubeletFragment } from "./node/configuration.ts";
import { importImage } from "./node/start-node.ts";
import { cacheDir, labFiles } from "./paths.ts";
import { type RunningRecord, readRecord, writeRecord } from "./record.ts";
import { labOf, labStatus } from "./status.ts";
import { type Lab, LabError, type LabOptions } from "./types.ts";

/** The lab of these options, running: the one that is there, or a new one. The caller holds the lab's lock. */
export async function bringUp(options: LabOptions, progress: Progress): Promise<Lab> {
  const files = labFiles(options.name);
  const kubeletOverrides = await readKubeletFragment(options.kubeletConfigFile);
  const status = await labStatus(options.name);
  const record = await readRecord(files);
  if (status.state === "up" && record?.state === "up") {
    const different = differences(record.options, options);
    if (different.length > 0) {
      throw new LabError(
        `lab "${options.name}" is up with ${different.join(" and ")}: take it down first (packetwalk lab down --name ${options.name}), or give the new one another name`,
      );
    }
    return refresh(record, progress);
  }
  await progress.step("This machine", (update) => meetRequirements(options.proxyMode, update));
  if (status.state === "broken") {
    await progress.step(`Removing what is left of an earlier lab "${options.name}"`, (update) =>
      tearDown(options.name, update),
    );
  }
  const apiPort = await freePort(options.apiPort);
  const prepared = await prepare(options.kubeBinariesDir, progress);
  try {
    return await progress.step(`Lab "${options.name}"`, (update) =>
      start({ options, apiPort, prepared, kubeletOverrides, update }),
    );
  } catch (error) {
    await tearDown(options.name, () => {});
    throw error;
  }
}

interface Start {
  options: LabOptions;
  apiPort: number;
  prepared: Prepared;
  kubeletOverrides: Configuration;
  update: (detail: string) => void;
}

async function start({ options, apiPort, prepared, kubeletOverrides, update }: Start): Promise<Lab> {
  const files = labFiles(options.name);
  await mkdir(files.root, { recursive: true, mode: 0o700 });
  await writeRecord(files, { state: "starting", options });
  const { images, binaries } = prepared;
  const { components, nodes } = await boot(
    {
      lab: options.name,
      files,
      nodes: nodeNetworks(options.nodes),
      binaries,
      apiPort,
      images: { pause: images.pause, coredns: images.coredns, others: [images.web, images.agent] },
      nodeSetup: {
        proxyMode: options.proxyMode,
        kubeletOverrides,
        keep: [files.root, cacheDir(), ...(options.kubeBinariesDir ? [resolve(options.kubeBinariesDir)] : [])],
        restrictOomScore: !(await hasCapSysResource()),
        snapshotter: "overlayfs",
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
    nodes,
    images: { agent: images.agent.reference, web: images.web.reference },
    components: components.map(({ title, pid, startTicks }) => ({ title, pid, startTicks })),
  };
  await writeRecord(files, record);
  return labOf(files, record);
}

/** A lab may be older than the agent's sources: its nodes get the images that this packetwalk goes with. */
async function refresh(record: RunningRecord, progress: Progress): Promise<Lab> {
  const files = labFiles(record.options.name);
  const { images } = await prepare(record.options.kubeBinariesDir, progress);
  const current = { agent: images.agent.reference, web: images.web.reference };
  const stale = [images.agent, images.web].filter(({ reference }) => !Object.values(record.images).includes(reference));
  for (const image of stale) {
    await Promise.all(record.nodes.map(({ containerdPid }) => importImage(containerdPid, image.archive)));
  }
  const refreshed = { ...record, images: current };
  if (stale.length > 0) await writeRecord(files, refreshed);
  return labOf(files, refreshed);
}

/** Pure: in what a running lab differs from the one asked for, e.g. `3 nodes`. A port not asked for does not matter. */
export function differences(running: LabOptions, wanted: LabOptions): string[] {
  const different: string[] = [];
  if (running.nodes !== wanted.nodes) different.push(`${running.nodes} nodes`);
  if (running.proxyMode !== wanted.proxyMode) different.push(`kube-proxy in ${running.proxyMode} mode`);
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
