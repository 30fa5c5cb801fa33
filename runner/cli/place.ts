import { type Cluster, openCluster } from "../cluster/cluster.ts";
import type { KnownFacts } from "../cluster/facts.ts";
import { loadKubeconfig } from "../cluster/kubeconfig.ts";
import type { Target } from "../result/target.ts";
import { type ChosenImages, chosenImages } from "./chosen-images.ts";
import { labToLookAt } from "./lab-to-look-at.ts";
import { openByKubeconfig } from "./open-by-kubeconfig.ts";
import { isNamed } from "./open-target.ts";
import type { TargetOptions } from "./target-options.ts";

/** A cluster to look at. */
export interface Place {
  readonly cluster: Cluster;
  readonly kind: Target["kind"];
  readonly known: KnownFacts;
  /** Undefined: the lab's own. */
  readonly images: ChosenImages | undefined;
  readonly busybox: string;
}

/** The cluster that was named, or the lab; nothing is started. @throws EnvironmentError where there is none */
export async function placeOf(options: TargetOptions, signal: AbortSignal): Promise<Place> {
  if (isNamed(options)) {
    const { cluster } = await openByKubeconfig(options, signal);
    const images = chosenImages(options);
    return { cluster, kind: "kubeconfig", known: {}, images, busybox: images.busybox };
  }
  const lab = await labToLookAt(options.lab);
  return {
    cluster: await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined), signal),
    kind: "lab",
    known: { cni: lab.cni, proxyMode: lab.proxyMode },
    images: undefined,
    busybox: lab.images.busybox,
  };
}
