import type { ImageName } from "../preflight/needs.ts";
import { DEFAULT_IMAGES, inRegistry } from "../workloads/images.ts";
import type { TargetOptions } from "./target-options.ts";

/** Images on a cluster that is not the lab, by what they are for; there is no default one of dnsperf. */
export type ChosenImages = Readonly<Record<Exclude<ImageName, "dnsperf">, string> & { dnsperf: string | undefined }>;

/** Pure: those that the user named, else the public ones, from the registry that the user named. */
export function chosenImages(options: TargetOptions): ChosenImages {
  const { imageRegistry } = options;
  const standard = (name: keyof typeof DEFAULT_IMAGES) =>
    imageRegistry === undefined ? DEFAULT_IMAGES[name] : inRegistry(imageRegistry, DEFAULT_IMAGES[name]);
  const web = options.webImage ?? standard("web");
  return {
    busybox: options.agentImage ?? standard("busybox"),
    web,
    "web-distroless": web,
    "web-sigquit": web,
    nginx: options.nginxImage ?? standard("nginx"),
    node: options.nodeImage ?? standard("node"),
    debian: options.debianImage ?? standard("debian"),
    envoy: options.envoyImage ?? standard("envoy"),
    coredns: options.corednsImage ?? standard("coredns"),
    dnsperf: options.dnsperfImage,
  };
}
