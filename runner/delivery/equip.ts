import { readFileSync } from "node:fs";
import type { V1Container, V1PodSpec, V1VolumeMount } from "@kubernetes/client-node";
import type { Architecture } from "../architecture.ts";
import { PROGRAMS_FOLDER, type ProgramName } from "./programs.ts";

/** Where pods fetch programs, and by which sums they know them. */
export interface Shipment {
  /** http://ADDRESS:PORT of the depot. */
  readonly url: string;
  /** BusyBox, or an image like it: what fetches. */
  readonly image: string;
  readonly sums: ReadonlyMap<ProgramName, ReadonlyMap<Architecture, string>>;
}

const VOLUME = "packetwalk-programs";
const SCRIPT = readFileSync(new URL("fetch.sh", import.meta.url), "utf8");
const MOUNT: V1VolumeMount = { name: VOLUME, mountPath: PROGRAMS_FOLDER };

/**
 * Pure but for its argument: gives every container of a pod the programs, before it starts. A pod's only container fetches
 * them itself if it runs from the image that can, which spares each pod the start of another container.
 */
export function equipPod(pod: V1PodSpec, programs: readonly ProgramName[], shipment: Shipment): void {
  pod.volumes = [...(pod.volumes ?? []), { name: VOLUME, emptyDir: {} }];
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  for (const container of containers) container.volumeMounts = [...(container.volumeMounts ?? []), MOUNT];
  const fetch = fetchCommand(programs, shipment);
  const [only, ...others] = containers;
  if (only?.command && others.length === 0 && only.image === shipment.image) {
    only.command = [...fetch, "--", ...only.command];
  } else {
    pod.initContainers = [fetcher(fetch, shipment.image), ...(pod.initContainers ?? [])];
  }
}

function fetchCommand(programs: readonly ProgramName[], { url, sums }: Shipment): string[] {
  const wanted = programs.map((name) => {
    const ofArch = [...(sums.get(name) ?? [])].map(([arch, sum]) => `${arch}:${sum}`);
    return `${name}=${ofArch.join(",")}`;
  });
  return ["sh", "-c", SCRIPT, "fetch", url, PROGRAMS_FOLDER, ...wanted];
}

function fetcher(command: string[], image: string): V1Container {
  return {
    name: VOLUME,
    image,
    command,
    // Whoever reads the pod's status sees why it could not.
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "10m", memory: "16Mi" } },
    volumeMounts: [MOUNT],
  };
}
