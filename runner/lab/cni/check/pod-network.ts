import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Api } from "../../api.ts";
import { applyManifest } from "../../boot/objects.ts";
import { waitFor } from "../../boot/wait.ts";
import { command } from "../../machine/command.ts";
import { inNode } from "../../machine/in-node.ts";
import type { NodeNetwork } from "../../network.ts";
import { settleAll } from "../../settle-all.ts";
import { LabError } from "../../types.ts";
import type { Ground } from "../cni.ts";
import { inRange } from "./in-range.ts";

const serviceManifest = fileURLToPath(new URL("../../../../manifests/lab/network-check.yaml", import.meta.url));
const podManifest = fileURLToPath(new URL("../../../../manifests/lab/network-check-pod.yaml", import.meta.url));
const askHttp = fileURLToPath(new URL("ask-http.mjs", import.meta.url));

const NAMESPACE = "kube-system";
const NAME = "packetwalk-network-check";
/** Of the file that each pod serves: enough that it goes in segments of the pods' whole MTU. */
const FILE_BYTES = 1_048_576;
const ANSWER_S = 20;

interface CheckPod {
  readonly node: NodeNetwork;
  readonly name: string;
  readonly address: string;
}

/**
 * Whether pods have addresses of their nodes' ranges and reach each other as they should: from a node, across nodes with
 * segments of their whole MTU, and by a Service's address and name. @throws LabError, one sentence about the first that do not
 */
export async function checkPodNetwork(
  ground: Ground,
  api: Api,
  { busybox }: { readonly busybox: string },
): Promise<void> {
  try {
    await applyManifest(api, serviceManifest);
    const pods = await settleAll(ground.nodes.map((node) => startPod(api, node, busybox)));
    for (const { node, address } of pods) {
      const { podCidr } = node.addresses[0];
      if (!inRange(address, podCidr))
        throw new LabError(`a pod on ${node.name} got the address ${address}, which is not of its range ${podCidr}`);
    }
    const service = await api.get<{ spec: { clusterIP: string } }>(`/api/v1/namespaces/${NAMESPACE}/services/${NAME}`);
    for (const [index, pod] of pods.entries()) {
      const other = pods[(index + 1) % pods.length] ?? pod;
      await fromNode(ground, pod.node, `http://${pod.address}:8080/mebibyte`, "its own pod");
      if (other !== pod)
        await fromNode(ground, pod.node, `http://${other.address}:8080/mebibyte`, `a pod on ${other.node.name}`);
      await fromNode(ground, pod.node, `http://${service.spec.clusterIP}/mebibyte`, "a Service");
      if (other !== pod)
        await fromPod(
          ground,
          pod,
          `http://${other.address}:8080/mebibyte`,
          `a pod on ${other.node.name} in segments of its whole MTU`,
        );
      await fromPod(ground, pod, `http://${service.spec.clusterIP}/mebibyte`, "a Service by its address");
      await fromPod(ground, pod, `http://${NAME}.${NAMESPACE}.svc.cluster.local/mebibyte`, "a Service by its name");
    }
  } finally {
    await removeAll(ground, api);
  }
}

async function startPod(api: Api, node: NodeNetwork, image: string): Promise<CheckPod> {
  await applyManifest(api, podManifest, { NODE: node.name, BUSYBOX_IMAGE: image });
  const name = `${NAME}-${node.name}`;
  let address: string | undefined;
  const isRunning = async () => {
    const { status } = await api.get<{ status?: { phase?: string; podIP?: string } }>(podPath(name));
    address = status?.phase === "Running" ? status.podIP : undefined;
    return address !== undefined;
  };
  await waitFor(`no pod got to run on ${node.name}`, isRunning, {
    components: [],
    intervalMs: 200,
    timeoutMs: 120_000,
  });
  return { node, name, address: address ?? "" };
}

async function fromNode({ lab }: Ground, node: NodeNetwork, url: string, what: string): Promise<void> {
  const ask = [process.execPath, askHttp, url, String(ANSWER_S)];
  const bytes = await inNode(lab, node.name, ask).catch(() => "0");
  if (Number(bytes) !== FILE_BYTES) throw new LabError(`${node.name} does not reach ${what} (${url})`);
}

async function fromPod({ files, kubectl }: Ground, { node, name }: CheckPod, url: string, what: string): Promise<void> {
  // Not by its own -T: Debian's build of BusyBox has none, and ends with a segmentation fault.
  const count = `timeout 5 wget -q -O - ${url} | wc -c`;
  const tries = `for i in 1 2 3 4 5 6; do n=$(${count}); [ "$n" = ${FILE_BYTES} ] && break; sleep 1; done; echo "$n"`;
  const exec = ["--kubeconfig", files.kubeconfig, "-n", NAMESPACE, "exec", name, "--", "sh", "-c", tries];
  const bytes = await command(kubectl, exec);
  if (Number(bytes.trim().split("\n").at(-1)) !== FILE_BYTES)
    throw new LabError(`a pod on ${node.name} does not reach ${what} (${url})`);
}

async function removeAll({ nodes }: Ground, api: Api): Promise<void> {
  await settleAll([
    api.remove(`/api/v1/namespaces/${NAMESPACE}/services/${NAME}`),
    ...nodes.map(({ name }) => api.remove(podPath(`${NAME}-${name}`))),
  ]);
}

function podPath(name: string): string {
  return join("/api/v1/namespaces", NAMESPACE, "pods", name);
}
