import { openCluster } from "../cluster/cluster.ts";
import { clusterUid } from "../cluster/cluster-uid.ts";
import type { KnownFacts } from "../cluster/facts.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import type { ProgramSource } from "../delivery/programs.ts";
import { EnvironmentError, UsageError } from "../errors.ts";
import { labDown, labIngress, labUp, loadImage, useLab } from "../lab/index.ts";
import { programSource } from "../programs/source.ts";
import type { Progress } from "../progress.ts";
import type { Images, OnDemandImage } from "../workloads/images.ts";
import { assertLabMode, labMode } from "./assert-proxy-mode.ts";
import { chosenImages } from "./chosen-images.ts";
import { type OpenedCluster, openNamed } from "./open-named.ts";
import { isLabTarget, type TargetOptions } from "./target-options.ts";

/** A target that is open, and how to let go of it. */
export interface OpenTarget extends OpenedCluster {
  readonly images: Images;
  /** What our programs run from, and where they come from. */
  readonly busybox: string;
  readonly programs: ProgramSource;
  /** An image that is built or found when it is asked for. */
  image(image: OnDemandImage): Promise<string>;
  /** Sees to an ingress controller in the lab; what any other cluster has is what it has. */
  provideIngress(): Promise<void>;
  readonly known: KnownFacts;
  /** The lab that this command started: it goes as a whole, so there is no need to clean up in it first. */
  readonly disposable: boolean;
  /** Takes down the lab if this command started it. */
  release(progress: Progress): Promise<void>;
}

/** Whether the target is a cluster that the user names; else it is a lab. */
export function isNamed(options: TargetOptions): boolean {
  return !isLabTarget(options);
}

/** Opens the named cluster, or the lab: a running one is used and left running, else one is started for this command. */
export async function openTarget(options: TargetOptions, progress: Progress, signal: AbortSignal): Promise<OpenTarget> {
  if (isNamed(options)) return openNamedCluster(options, progress, signal);
  const { lab: name, takes } = options;
  if (Object.values(ownImages(options)).some((image) => image !== undefined)) {
    throw new UsageError(`${OWN_IMAGES} go with --kubeconfig or --context: the lab builds its own images`);
  }
  if (options.namespace !== undefined)
    throw new UsageError("--namespace goes with --kubeconfig or --context: in the lab, packetwalk makes its own");
  const variant = labWebImage(options.webImage);
  const proxyMode = labMode(takes);
  const running = await useLab(name, progress, signal);
  if (running !== undefined) assertLabMode(takes, running);
  const lab = running ?? (await labUp({ name, nodes: 2, proxyMode }, progress, signal));
  const startedByRun = running === undefined;
  try {
    const image = once((image: OnDemandImage) => loadImage(name, image, progress, signal));
    const cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined), signal);
    return {
      cluster,
      ref: { kind: "lab", name, startedByRun },
      clusterUid: await clusterUid(cluster, signal),
      images: { web: variant ? await image(variant) : lab.images.web, nginx: lab.images.web },
      busybox: lab.images.busybox,
      programs: programSource(progress, signal),
      image,
      provideIngress: () => labIngress(name, progress, signal),
      known: { cni: lab.cni, proxyMode: lab.proxyMode },
      disposable: startedByRun,
      release: (progress) => (startedByRun ? labDown(name, progress) : Promise.resolve()),
    };
  } catch (error) {
    if (startedByRun) await labDown(lab.name, progress);
    throw error;
  }
}

async function openNamedCluster(options: TargetOptions, progress: Progress, signal: AbortSignal): Promise<OpenTarget> {
  const { cluster: opened, ...known } = await openNamed(options, signal);
  const { imagePullSecret: pullSecret } = options;
  const cluster = pullSecret ? { ...opened, pullSecret } : opened;
  const chosen = chosenImages(options);
  return {
    cluster,
    ...known,
    images: { web: chosen.web, nginx: chosen.nginx },
    busybox: chosen.busybox,
    programs: programSource(progress, signal),
    image: async (image) => chosen[image] ?? noImageOf(image),
    provideIngress: async () => {},
    known: {},
    disposable: false,
    release: async () => {},
  };
}

/** An image is built or found once, however often it is asked for. */
function once(load: OpenTarget["image"]): OpenTarget["image"] {
  const loading = new Map<OnDemandImage, Promise<string>>();
  return (image) => {
    const known = loading.get(image) ?? load(image);
    loading.set(image, known);
    return known;
  };
}

function noImageOf(image: OnDemandImage): never {
  throw new EnvironmentError(`nobody publishes an image of ${image}: name one with --${image}-image`);
}

const OWN_IMAGES =
  "--image-registry, --image-pull-secret, --agent-image, --nginx-image, --node-image, --debian-image, --envoy-image, --coredns-image and --dnsperf-image";

function ownImages(options: TargetOptions) {
  const { imageRegistry, imagePullSecret, agentImage, nginxImage, nodeImage } = options;
  const { debianImage, envoyImage, corednsImage, dnsperfImage } = options;
  return {
    ...{ imageRegistry, imagePullSecret, agentImage, nginxImage, nodeImage },
    ...{ debianImage, envoyImage, corednsImage, dnsperfImage },
  };
}

/** The lab builds the web workload's image in variants, which go by these names. */
function labWebImage(name: string | undefined): Extract<OnDemandImage, "web-distroless" | "web-sigquit"> | undefined {
  if (name === undefined) return undefined;
  const variants = ["web-distroless", "web-sigquit"] as const;
  const found = variants.find((each) => each === name);
  if (found) return found;
  throw new UsageError(
    `--web-image ${name}: the lab builds its own images; choose ${variants.join(" or ")}, or name another cluster with --kubeconfig or --context`,
  );
}
