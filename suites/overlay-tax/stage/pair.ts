import type { KubernetesObject, V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { apply } from "../../../runner/cluster/manifests.ts";
import { onNodes } from "../../../runner/cluster/on-nodes.ts";
import { ownPods } from "../../../runner/cluster/ours.ts";
import { isPodReady, podTrouble } from "../../../runner/cluster/pods.ts";
import { refusalCheck } from "../../../runner/cluster/refused-pods.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { AGENT } from "../../../runner/delivery/programs.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { hostPort } from "../../../runner/host-port.ts";
import { readDocument } from "../../../runner/json-document.ts";
import type { WebPod } from "../../../runner/workloads/web.ts";
import { PathCheck } from "../evidence.ts";
import { MANIFESTS } from "./manifests.ts";

/** As the server's manifest has it. */
const PORT = 8091;
/** Beyond its own stretches, for sizes that are waited for in vain and streams that come to no end. */
const PATIENCE_MS = 60_000;

/** A pod that asks the path, and one on another node that answers. */
export interface PathPair {
  readonly client: WebPod;
  readonly server: WebPod;
  /** Asks what passes, one question after another. */
  ask(seconds: number, signal: AbortSignal): Promise<PathCheck>;
}

/** Deploys both and waits until they run. */
export async function deployPair(
  cluster: Cluster,
  delivery: Delivery,
  nodes: { readonly client: string; readonly server: string },
  signal: AbortSignal,
): Promise<PathPair> {
  const [server, client] = await Promise.all([
    deploy(cluster, delivery, "path-server", nodes.server, signal),
    deploy(cluster, delivery, "path-client", nodes.client, signal),
  ]);
  return {
    client,
    server,
    async ask(seconds, signal) {
      const at = { namespace: cluster.namespace, pod: client.name, container: "path" };
      const command = [AGENT, "path-client", "--server", hostPort(server.ip, PORT), "--seconds", String(seconds)];
      const { stdout, stderr, exitCode } = await execInPod(cluster, at, command, {
        timeoutMs: 2 * seconds * 1_000 + PATIENCE_MS,
        signal,
      });
      if (exitCode !== 0)
        throw new EnvironmentError(`the path to ${server.name} can't be asked: ${stderr.trim() || `exit ${exitCode}`}`);
      return readDocument(`agent path-client in pod ${client.name}`, stdout, PathCheck);
    },
  };
}

async function deploy(
  cluster: Cluster,
  delivery: Delivery,
  name: string,
  node: string,
  signal: AbortSignal,
): Promise<WebPod> {
  const isThis = (each: KubernetesObject): each is V1Pod => each.kind === "Pod" && each.metadata?.name === name;
  const pod = MANIFESTS.objects("pair").find(isThis);
  const [container] = pod?.spec?.containers ?? [];
  if (!pod?.spec || !container) throw new Error(`suites/overlay-tax/manifests/pair has no pod ${name}`);
  container.image = delivery.image;
  pod.spec.affinity = onNodes([node]);
  await delivery.equip(pod.spec, ["agent"]);
  await apply(cluster, pod);
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind: "Pod", name });
  return waitFor(
    `the pod ${name}`,
    async () => {
      const labelSelector = ownPods(name);
      const { items } = await cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector });
      await isRefused(items, 1);
      trouble = podTrouble(items);
      const ready = items.find(isPodReady);
      return ready && { name, uid: ready.metadata?.uid ?? "", node, ip: ready.status?.podIP ?? "" };
    },
    { timeoutMs: 120_000, describe: () => trouble, signal },
  );
}
