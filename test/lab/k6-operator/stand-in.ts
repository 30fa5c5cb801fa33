import { CustomObjectsApi, setHeaderOptions, type V1Job, type V1Service } from "@kubernetes/client-node";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { hostPort } from "../../../runner/host-port.ts";
import type { TestRun } from "../../../runner/load/test-run.ts";
import type { RunningOperator } from "./operator.ts";

const RESOURCE = { group: "k6.io", version: "v1alpha1", namespace: OWN_NAMESPACE, plural: "testruns" };

/**
 * Does to a TestRun what the k6-operator does to one without an initializer, so that our side of it is tested where the
 * operator is not to be had: a Job and a Service a runner, in each a k6 with its execution segment, then a Job that
 * resumes them one after another. What it makes belongs to the TestRun and goes with it.
 * @param image with sh and curl, for the starter
 */
export function startStandIn(cluster: Cluster, image: string): RunningOperator {
  const api = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  const stopped = new AbortController();
  const work = (async () => {
    while (!stopped.signal.aborted) {
      const { items } = (await api.listNamespacedCustomObject(RESOURCE)) as { items: TestRun[] };
      for (const each of items) if (each.status?.stage === undefined) await takeUp(cluster, api, each, image);
      await new Promise((next) => setTimeout(next, 200));
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await work;
    },
  };
}

async function takeUp(cluster: Cluster, api: CustomObjectsApi, run: TestRun, image: string): Promise<void> {
  const name = run.metadata?.name ?? "";
  const setStage = (stage: string) =>
    api
      .patchNamespacedCustomObjectStatus(
        { ...RESOURCE, name, body: { status: { stage } } },
        setHeaderOptions("Content-Type", "application/merge-patch+json"),
      )
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error; // deleted meanwhile
      });
  await setStage("created");
  const addresses: string[] = [];
  for (let number = 1; number <= run.spec.parallelism; number++) {
    await cluster.batch.createNamespacedJob({ namespace: OWN_NAMESPACE, body: runnerJob(run, number) });
    const service = await cluster.core.createNamespacedService({
      namespace: OWN_NAMESPACE,
      body: runnerService(run, number),
    });
    addresses.push(service.spec?.clusterIP ?? "");
  }
  await cluster.batch.createNamespacedJob({ namespace: OWN_NAMESPACE, body: starterJob(run, addresses, image) });
  await setStage("started");
}

function owned(run: TestRun, suffix: string, more: Record<string, string> = {}) {
  const { name = "", uid = "" } = run.metadata ?? {};
  const owner = {
    apiVersion: "k6.io/v1alpha1",
    kind: "TestRun",
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { name: `${name}-${suffix}`, labels: { app: "k6", k6_cr: name, ...more }, ownerReferences: [owner] };
}

function runnerJob(run: TestRun, number: number): V1Job {
  const { parallelism, runner, script } = run.spec;
  const part = (index: number) => (index === 0 ? "0" : index === parallelism ? "1" : `${index}/${parallelism}`);
  const parts = Array.from({ length: parallelism + 1 }, (_, index) => part(index));
  const segment = `--execution-segment=${part(number - 1)}:${part(number)}`;
  const metadata = owned(run, String(number), { runner: "true" });
  return {
    metadata,
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          restartPolicy: "Never",
          ...(runner.affinity ? { affinity: runner.affinity } : {}),
          ...(runner.securityContext ? { securityContext: runner.securityContext } : {}),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: metadata.labels },
            },
          ],
          containers: [
            {
              name: "k6",
              image: runner.image ?? "",
              command: [
                ...["k6", "run", "--quiet", segment, `--execution-segment-sequence=${parts.join(",")}`],
                ...[`/test/${script.configMap.file}`, "--address=0.0.0.0:6565"],
                ...(run.spec.paused === "false" ? [] : ["--paused"]),
                ...["--tag", `instance_id=${number}`],
              ],
              env: runner.env ?? [],
              volumeMounts: [{ name: "script", mountPath: "/test", readOnly: true }, ...(runner.volumeMounts ?? [])],
            },
          ],
          ...(runner.initContainers ? { initContainers: runner.initContainers } : {}),
          volumes: [{ name: "script", configMap: { name: script.configMap.name } }, ...(runner.volumes ?? [])],
        },
      },
    },
  };
}

function runnerService(run: TestRun, number: number): V1Service {
  const job = owned(run, String(number));
  return {
    metadata: owned(run, `service-${number}`, { runner: "true" }),
    spec: { selector: { "batch.kubernetes.io/job-name": job.name }, ports: [{ port: 6565 }] },
  };
}

function starterJob(run: TestRun, addresses: readonly string[], image: string): V1Job {
  const metadata = owned(run, "starter");
  const document = JSON.stringify({ data: { type: "status", id: "default", attributes: { paused: false } } });
  const resume = (address: string) =>
    `curl --fail --silent --retry 100 --retry-delay 1 --retry-all-errors -X PATCH -d '${document}' http://${hostPort(address, 6565)}/v1/status`;
  return {
    metadata,
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 0, // it may stand in a retry when the TestRun goes
          containers: [{ name: "k6-curl", image, command: ["sh", "-c", addresses.map(resume).join(" && ")] }],
        },
      },
    },
  };
}
