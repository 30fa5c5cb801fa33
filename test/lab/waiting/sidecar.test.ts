/**
 * A mutating webhook that puts a sidecar before the containers of our pods, as a mesh does that does not know our opt-out. Its pods
 * run on beside ours: ours is found by its name, and a load ends when its worker has, whatever the sidecar does.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { AdmissionregistrationV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { ownPods } from "../../../runner/cluster/ours.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { readPodLog } from "../../../runner/cluster/pod-log.ts";
import { containerIdOf } from "../../../runner/cluster/pods.ts";
import { hostPort } from "../../../runner/host-port.ts";
import { netnsPath } from "../../../runner/lab/machine/namespaces.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import { createRollingWeb } from "../../../suites/rolling-update/stage/rolling-web.ts";
import { CA } from "../../unit/cluster/servers/certificates.ts";
import { runLoad, total } from "../run-load.ts";
import type { OpenLab } from "../shared-lab.ts";
import { sharedLab } from "../shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "../web-load.ts";
import { processOf } from "../worker-process.ts";

const testing = sharedLab();
const NAME = `${OWN_NAMESPACE}-sidecar`;
let open: OpenLab;
let cluster: Cluster;
let webhook: ChildProcess;
let workload: WebUnderLoad;

beforeAll(async () => {
  open = await testing.open();
  ({ cluster } = open);
  await injectFromNowOn();
  workload = await deployWebUnderLoad(open);
});
afterAll(async () => {
  await admission().deleteMutatingWebhookConfiguration({ name: NAME });
  webhook.kill();
  await testing.leave();
});

const admission = () => cluster.kubeconfig.makeApiClient(AdmissionregistrationV1Api);
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Only into pods of this file's namespace, whose own labels do not help against it. */
async function injectFromNowOn(): Promise<void> {
  const script = folder("../fixtures/sidecar/injector.mjs");
  const inControlPlane = [`--net=${netnsPath(open.lab.name, "cp")}`, process.execPath, script];
  webhook = spawn("nsenter", [...inControlPlane, folder("../../fixtures/tls"), open.lab.images.busybox], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (!webhook.stdout) throw new Error("the webhook has no output");
  const [port] = await once(createInterface(webhook.stdout), "line");
  await admission().createMutatingWebhookConfiguration({
    body: {
      metadata: { name: NAME },
      webhooks: [
        {
          name: "sidecar.packetwalk.test",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Fail",
          clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(CA).toString("base64") },
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": OWN_NAMESPACE } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
      ],
    },
  });
}

async function podsOf(labelSelector: string) {
  return (await cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector })).items;
}

test("a load with a sidecar first in each of its pods sends all of its requests, and ends", async () => {
  const load = await workload.deploy("load-1", "flood", {
    model: "open",
    placement: "one-node",
    schedule: constant(50, 2_000),
    timeoutMs: 4_000,
    workers: 1,
  });
  const [pod] = await podsOf("batch.kubernetes.io/job-name=load-1");
  expect(pod?.spec?.containers.map(({ name }) => name)[0]).toBe("istio-proxy");
  expect(pod?.spec?.containers.map(({ name }) => name)).toContain(load.container);
  await load.firstRequests([
    { name: "web", address: hostPort(workload.web.clusterIp, workload.web.port), host: "web", path: "/" },
  ]);
  const { merged, lost } = await runLoad(load, Date.now() + 2_000);
  expect(lost).toEqual([]);
  expect(total(merged.outcomes)).toBe(merged.scheduled);
  expect(merged.outcomes.ok).toBeGreaterThan(0);
});

test("a worker that is killed is lost by its exit code, though its sidecar keeps its pod running", async () => {
  const load = await workload.deploy("load-2", "flood", {
    model: "open",
    placement: "one-node",
    schedule: constant(50, 3_000),
    timeoutMs: 4_000,
    workers: 2,
  });
  let phase: string | undefined;
  const { merged, lost } = await runLoad(load, Date.now() + 1_000, async ({ workers }, startAtUnixMs) => {
    const victim = workers[1];
    if (!victim) throw new Error("a second worker expected");
    await sleep(startAtUnixMs + 1_000 - Date.now()); // in the middle of the load
    process.kill(processOf(victim.uid, "flood"), "SIGKILL");
    phase = (await cluster.core.readNamespacedPod({ name: victim.pod, namespace: cluster.namespace })).status?.phase;
  });
  expect(phase).toBe("Running");
  expect(lost).toHaveLength(1);
  expect(lost[0]).toMatchObject({ worker: 1, share: 0.5 });
  expect(lost[0]?.because).toContain("exit code 137");
  expect(merged.workers).toBe(1);
});

test("of a pod that is rolled, process, log and exec are the workload's and not the sidecar's", async () => {
  await createRollingWeb(cluster, open.lab.images.web, async () => undefined);
  const [pod] = await podsOf(ownPods("web"));
  if (!pod) throw new Error("web has no pod");
  expect(pod.spec?.containers.map(({ name }) => name)).toEqual(["istio-proxy", "web"]);
  const idOf = (name: string) => containerIdOf(pod, name);
  expect(idOf("web")).toMatch(/^[0-9a-f]{64}$/);
  expect(idOf("web")).not.toBe(idOf("istio-proxy"));
  const at = { namespace: cluster.namespace, pod: pod.metadata?.name ?? "", container: "web" };
  expect((await execInPod(cluster, at, ["nginx", "-v"], { timeoutMs: 30_000 })).stderr).toContain("nginx version");
  expect(await readPodLog(cluster, at)).toContain("start worker processes");
});
