import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { V1Pod } from "@kubernetes/client-node";

import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { execInPod } from "../cluster/exec.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { podTrouble } from "../cluster/pods.ts";
import { refusalCheck } from "../cluster/refused-pods.ts";
import { isEarlyForServiceAccount } from "../cluster/service-account.ts";
import { waitFor } from "../cluster/wait.ts";
import { EnvironmentError } from "../errors.ts";
import { hostPort } from "../host-port.ts";
import type { ProgramFile } from "./programs.ts";

const NAME = "depot";
const PORT = 8080;
const FOLDER = "/depot";
const STREAM_TIMEOUT_MS = 120_000;
/** For a first pull of its image. */
const READY_WITHIN_MS = 120_000;

/** A pod of our namespace that has our programs, each under its SHA-256, and hands them to other pods over HTTP. */
export interface Depot {
  readonly url: string;
  /** Brings a program there, if it is not there yet. */
  put(file: ProgramFile): Promise<void>;
}

/**
 * Deploys it, or finds the one that runs.
 * @param image BusyBox, or an image like it
 */
export async function openDepot(cluster: Cluster, image: string, signal?: AbortSignal): Promise<Depot> {
  const pod = SHARED.object<V1Pod>("depot", "Pod");
  const [container] = pod.spec?.containers ?? [];
  if (!container) throw new Error("manifests/depot has no container");
  container.image = image;
  await create(cluster, pod, signal);
  const address = await running(cluster, signal);
  const at = { namespace: cluster.namespace, pod: NAME, container: NAME };
  const there = await execInPod(cluster, at, ["ls", FOLDER], { timeoutMs: 30_000, signal });
  const sums = new Set(there.stdout.split("\n"));
  return {
    url: `http://${hostPort(address, PORT)}`,
    async put({ path, sha256 }) {
      if (sums.has(sha256)) return;
      const packed = await promisify(gzip)(await readFile(path));
      // A stream over the API has no end that every server passes on: the length says when all is there.
      const draft = `${FOLDER}/.${sha256}`; // several programs may come at once
      const script = `head -c ${packed.length} | gunzip -c > ${draft} && echo "${sha256}  ${draft}" | sha256sum -c >&2 && mv ${draft} ${FOLDER}/${sha256}`;
      const { exitCode, stderr } = await execInPod(cluster, at, ["sh", "-c", script], {
        stdin: Readable.from(chunks(packed)),
        timeoutMs: STREAM_TIMEOUT_MS,
        signal,
      });
      if (exitCode !== 0)
        throw new EnvironmentError(`packetwalk's programs can't be sent to the cluster: ${stderr.trim()}`);
      sums.add(sha256);
    },
  };
}

/** Right after its namespace the default service account may be missing for a moment. */
async function create(cluster: Cluster, pod: V1Pod, signal: AbortSignal | undefined): Promise<void> {
  let trouble: unknown;
  await waitFor(
    "packetwalk's depot pod",
    async () => {
      try {
        await apply(cluster, pod);
        return true;
      } catch (error) {
        trouble = error;
        if (isEarlyForServiceAccount(error)) return undefined;
        throw new EnvironmentError(
          `the pod that is to hand out packetwalk's programs can't be created: ${apiReason(error)}`,
        );
      }
    },
    { timeoutMs: 30_000, intervalMs: 50, describe: () => apiReason(trouble), signal },
  );
}

async function running(cluster: Cluster, signal: AbortSignal | undefined): Promise<string> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind: "Pod", name: NAME });
  return waitFor(
    "packetwalk's depot pod",
    async () => {
      const pod = await cluster.core.readNamespacedPod({ name: NAME, namespace: cluster.namespace });
      trouble = podTrouble([pod]);
      await isRefused([pod], 1);
      const isRunning = pod.status?.containerStatuses?.some(({ name, state }) => name === NAME && state?.running);
      return isRunning ? pod.status?.podIP : undefined;
    },
    { timeoutMs: READY_WITHIN_MS, describe: () => trouble, signal },
  );
}

/** WebSocket frames of a size that every server takes. */
function* chunks(bytes: Buffer): Generator<Buffer> {
  const size = 64 * 1024;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
