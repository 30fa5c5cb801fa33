import { access, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Progress } from "../../progress.ts";
import type { Binaries } from "../boot/binaries.ts";
import { busyboxImage } from "../images/busybox.ts";
import { type Image, programImage } from "../images/images.ts";
import { webImage } from "../images/web.ts";
import { command } from "../machine/command.ts";
import { exists } from "../machine/files.ts";
import { settleAll } from "../settle-all.ts";
import { LabError } from "../types.ts";
import { agent, coredns, corednsVersion, kubernetes, kubernetesVersion, relay } from "./components.ts";
import { buildProgram, type GoProgram, goVersion } from "./go.ts";

export interface Prepared {
  binaries: Binaries;
  kubernetesVersion: string;
  images: { pause: Image; coredns: Image; busybox: Image; web: Image };
}

/** Builds, or finds in the cache, all programs and images of a lab. */
export async function prepare(
  kubeBinariesDir: string | undefined,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Prepared> {
  const official = kubeBinariesDir === undefined ? undefined : await checkOfficial(kubeBinariesDir);
  const go = await goVersion();
  const build = (title: string, program: GoProgram) =>
    progress.step(title, (update) => buildProgram(program, go, update, signal));

  // What is quick and can fail comes first; and one after another, because each build uses all cores by itself.
  const web = await progress.step("Image of the web server", webImage);
  const busybox = await progress.step("Image of BusyBox", busyboxImage);
  const relayProgram = await build("API relay", relay);
  const agentProgram = await build("Agent", agent);
  const corednsProgram = await build(`CoreDNS ${corednsVersion}`, coredns);
  const buildKubernetes = async () => linkNames((await build(`Kubernetes ${kubernetesVersion}`, kubernetes)).path);
  const kubernetesDir = official?.directory ?? (await buildKubernetes());
  const etcd = official ? (official.etcd ?? join(await buildKubernetes(), "etcd")) : join(kubernetesDir, "etcd");

  const [pauseImage, corednsImage] = await progress.step("Images", () =>
    settleAll([
      programImage("pause", agentProgram.hash, { "packetwalk-agent": agentProgram }, ["pause"]),
      programImage("coredns", `${corednsVersion}-${corednsProgram.hash}`, { coredns: corednsProgram }),
    ]),
  );
  return {
    binaries: { kubernetes: kubernetesDir, etcd, relay: relayProgram.path },
    kubernetesVersion: official?.version ?? `v${kubernetesVersion}`,
    images: { pause: pauseImage, coredns: corednsImage, busybox, web },
  };
}

const componentNames = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
];

/** The one binary picks its component by the name that it is called by. */
async function linkNames(binary: string): Promise<string> {
  const directory = join(dirname(binary), "bin");
  await mkdir(directory, { recursive: true });
  for (const name of [...componentNames, "etcd"]) {
    await symlink(binary, join(directory, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  return directory;
}

/**
 * The user's own Kubernetes programs, complete or refused; etcd is used if it is among them.
 * @throws LabError that names what is missing.
 */
async function checkOfficial(
  directory: string,
): Promise<{ directory: string; etcd: string | undefined; version: string }> {
  const missing: string[] = [];
  for (const name of componentNames) {
    const executable = await access(join(directory, name), 1).then(
      () => true,
      () => false,
    );
    if (!executable) missing.push(name);
  }
  if (missing.length > 0) throw new LabError(`${directory} lacks the Kubernetes programs ${missing.join(", ")}`);
  const version = /v\d+\.\d+\.\S+/.exec(await command(join(directory, "kubelet"), ["--version"]))?.[0] ?? "unknown";
  const etcd = join(directory, "etcd");
  return { directory, etcd: (await exists(etcd)) ? etcd : undefined, version };
}
