import { UsageError } from "../errors.ts";
import type { TargetRef } from "../experiment/journal.ts";
import { type Lab, labDown, labUp, loadImage, useLab } from "../lab/index.ts";
import type { Progress } from "../progress.ts";
import { type Cluster, openCluster } from "../target/cluster.ts";
import type { KnownFacts } from "../target/facts.ts";
import { defaultKubeconfigFile, loadKubeconfig } from "../target/kubeconfig.ts";
import { DEFAULT_IMAGES, type Images, type OnDemandImage } from "../workloads/images.ts";
import type { TargetOptions } from "./target-options.ts";

/** A target that is open, and how to let go of it. */
export interface OpenTarget {
  readonly cluster: Cluster;
  readonly ref: TargetRef;
  readonly images: Images;
  /** The image that an engine's load workers run from. */
  loadImage(image: OnDemandImage): Promise<string>;
  readonly known: KnownFacts;
  /** The lab that this command started: it goes as a whole, so there is no need to clean up in it first. */
  readonly disposable: boolean;
  /** Takes down the lab if this command started it. */
  release(progress: Progress): Promise<void>;
}

/** Opens the named cluster, or the lab: a running one is used and left running, else one is started for this command. */
export async function openTarget(options: TargetOptions, progress: Progress, signal: AbortSignal): Promise<OpenTarget> {
  if (options.kubeconfig !== undefined || options.context !== undefined) return openNamedCluster(options);
  if (options.agentImage ?? options.webImage ?? options.loadImage) {
    throw new UsageError(
      "--agent-image, --web-image and --load-image go with --kubeconfig or --context: the lab builds its own images",
    );
  }
  const running = await useLab(options.lab, progress, signal);
  const lab = running ?? (await labUp({ name: options.lab, nodes: 2, proxyMode: "iptables" }, progress, signal));
  const startedByRun = running === undefined;
  try {
    return await openLab(lab, startedByRun, (image) => loadImage(lab.name, image, progress, signal));
  } catch (error) {
    if (startedByRun) await labDown(lab.name, progress);
    throw error;
  }
}

async function openNamedCluster(options: TargetOptions): Promise<OpenTarget> {
  const file = options.kubeconfig ?? defaultKubeconfigFile();
  const cluster = await openCluster(loadKubeconfig(file, options.context));
  const agent = options.agentImage ?? DEFAULT_IMAGES.agent;
  return {
    cluster,
    ref: { kind: "kubeconfig", file, context: cluster.context },
    images: { agent, web: options.webImage ?? DEFAULT_IMAGES.web },
    loadImage: async (image) => options.loadImage ?? (image === "agent" ? agent : DEFAULT_IMAGES[image]),
    known: {},
    disposable: false,
    release: async () => {},
  };
}

async function openLab(lab: Lab, startedByRun: boolean, loadImage: OpenTarget["loadImage"]): Promise<OpenTarget> {
  return {
    cluster: await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined)),
    ref: { kind: "lab", name: lab.name, startedByRun },
    images: lab.images,
    loadImage,
    known: { cni: lab.cni, proxyMode: lab.proxyMode },
    disposable: startedByRun,
    release: (progress) => (startedByRun ? labDown(lab.name, progress) : Promise.resolve()),
  };
}
