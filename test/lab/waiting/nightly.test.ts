/** The image of `npm run image` and the nightly chart, in a cluster: they run, with the rights that the chart gives. */
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { V1PodSpec } from "@kubernetes/client-node";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { podsOfOurs } from "../../../runner/cluster/lent-namespace.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { labFiles } from "../../../runner/lab/paths.ts";
import { readRecord } from "../../../runner/lab/record.ts";
import { measurementSchema } from "../../../runner/result/measurement.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { builtImage } from "../../support/built-image.ts";
import { CHART, helmEnvironment } from "../../support/go-tools/helm.ts";
import { helmProgram } from "../../support/go-tools/tools.ts";
import { importArchive } from "../import-archive.ts";
import { sharedLab } from "../shared-lab.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const VOLUME = new URL("../fixtures/nightly-volume.yaml", import.meta.url);
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** As the kustomization has them; this file's own namespace is that of the CronJob. */
const RELEASE = "packetwalk-nightly";
const LENT = "packetwalk-load";

const MEASUREMENT = measurementSchema("connection-flood", FLOOD_EVIDENCE);

const testing = sharedLab();
let lab: Lab;
let admin: Cluster;
let folder: string;
let image: string;
/** On this machine, what the pods see as /store. */
let store: string;
let helm: (...args: string[]) => Promise<string>;
let kubectl: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  expect(OWN_NAMESPACE).toBe(RELEASE);
  ({ lab, cluster: admin, folder } = await testing.open());
  await removeAll(); // an earlier run's
  const env = { ...helmEnvironment(folder), KUBECONFIG: lab.kubeconfigPath };
  const program = await helmProgram();
  helm = async (...args) => (await execa(program, args, { env })).stdout;
  const record = await readRecord(labFiles(lab.name));
  if (record?.state !== "up") throw new Error(`lab ${lab.name} is not up`);
  const { kubernetesDir } = record;
  kubectl = async (...args) => (await execa(join(kubernetesDir, "kubectl"), args, { env })).stdout;

  const built = await builtImage();
  image = built.reference;
  await importArchive(lab.name, built.archive);

  store = join(folder, "store");
  mkdirSync(store);
  chmodSync(store, 0o777); // hostPath knows no fsGroup
  const volume = parse(readFileSync(VOLUME, "utf8").replace("FOLDER", store));
  await admin.core.createPersistentVolume({ body: volume });
  await helm("install", RELEASE, CHART, "--namespace", RELEASE, "--create-namespace", ...values());
});
afterAll(async () => {
  await removeAll();
  await testing.leave();
});

/** The image by name, since nodes here pull none; and so are those of the load. */
const values = () => [
  ...[
    "--set",
    `image.repository=${image.slice(0, image.lastIndexOf(":"))},image.tag=${version},image.pullPolicy=Never`,
  ],
  ...["--set", `arguments={${[...measured(), ...images()].join(",")}}`, "--set", "first=true"],
];
const images = () => ["--agent-image", lab.images.busybox, "--web-image", lab.images.web];
const measured = () => ["--quick", "--rounds", "1"];

async function removeAll(): Promise<void> {
  const gone = (removing: Promise<unknown>) =>
    removing.catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  for (const name of [RELEASE, LENT]) await gone(admin.core.deleteNamespace({ name }));
  await gone(admin.core.deletePersistentVolume({ name: RELEASE }));
  for (const name of [RELEASE, LENT]) {
    const there = () =>
      admin.core.readNamespace({ name }).then(
        () => undefined,
        () => true,
      );
    await waitFor(`the end of ${name}`, there, { timeoutMs: 180_000 });
  }
}

interface Ended {
  readonly exitCode: number;
  readonly log: string;
}

async function endOf(name: string, timeoutMs: number): Promise<Ended> {
  const at = { namespace: RELEASE, name };
  let seen = "";
  const exitCode = await waitFor(
    `the end of pod ${name}`,
    async () => {
      const { status } = await admin.core.readNamespacedPod(at);
      const [container] = status?.containerStatuses ?? [];
      seen = JSON.stringify(container?.state ?? status?.conditions);
      return container?.state?.terminated?.exitCode;
    },
    { timeoutMs, intervalMs: 500, describe: () => seen },
  );
  return { exitCode, log: await admin.core.readNamespacedPodLog(at) };
}

/** Runs packetwalk in a pod as strict as the CronJob's, by the image's own entry point. */
async function inPod(name: string, args: string[]): Promise<Ended> {
  const spec: V1PodSpec = {
    restartPolicy: "Never",
    serviceAccountName: RELEASE,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        ...{ name: "packetwalk", image, imagePullPolicy: "Never", args },
        securityContext: {
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  };
  await admin.core.createNamespacedPod({ namespace: RELEASE, body: { metadata: { name }, spec } });
  return endOf(name, 120_000);
}

/** A Job of the CronJob, as `kubectl create job --from` makes one. @returns its pod */
async function tonight(name: string): Promise<string> {
  await kubectl("--namespace", RELEASE, "create", "job", `--from=cronjob/${RELEASE}`, name);
  return waitFor(
    `the pod of ${name}`,
    async () => {
      const labelSelector = `batch.kubernetes.io/job-name=${name}`;
      const { items } = await admin.core.listNamespacedPod({ namespace: RELEASE, labelSelector });
      return items[0]?.metadata?.name;
    },
    { timeoutMs: 60_000 },
  );
}

describe("the image", () => {
  test("runs packetwalk as somebody who is not root, on a file system that can't be written", async () => {
    expect(await inPod("version", ["--version"])).toEqual({ exitCode: 0, log: `${version}\n` });
  });

  test("with the nightly account's rights, preflight in the cluster says what can run and what is missing", async () => {
    const place = ["--context", "in-cluster", "--namespace", LENT];
    const { exitCode, log } = await inPod("preflight", [
      "preflight",
      "connection-flood",
      "--quick",
      ...place,
      ...images(),
    ]);
    expect(log).toMatch(/can run, but/);
    expect(log).toContain("- without kernel counters, since agents are refused");
    expect(log).toMatch(/- nodes can't be listed .*kernel, size and network of the nodes are not readable/);
    expect(exitCode).toBe(0);
  });
});

describe("the chart", () => {
  test("is what the API server takes, and so is the kustomization", async () => {
    const dry = ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "--output", "name"];
    const manifests = join(folder, "manifests.yaml");
    await execa(await helmProgram(), ["template", RELEASE, CHART, "--namespace", RELEASE], {
      stdout: { file: manifests },
    });
    const rendered = (await kubectl(...dry, "--filename", manifests)).split("\n");
    const kustomized = (await kubectl(...dry, "--kustomize", join(ROOT, "manifests/nightly/cronjob"))).split("\n");
    for (const each of [`cronjob.batch/${RELEASE}`, `serviceaccount/${RELEASE}`, `namespace/${LENT}`]) {
      expect(rendered).toContain(each);
      expect(kustomized).toContain(each);
    }
    expect([rendered.length, kustomized.length]).toEqual([7, 8]);
  });

  test("says how to go on", async () => {
    const notes = await helm("get", "notes", RELEASE, "--namespace", RELEASE);
    expect(notes).toContain(`create job --from=cronjob/${RELEASE} tonight`);
    expect(notes).toMatch(/helm upgrade packetwalk-nightly .*first=false/);
  });

  test("measures a night, keeps it on the volume, and leaves nothing in the lent namespace", async () => {
    const { exitCode, log } = await endOf(await tonight("first"), 600_000);
    // On a machine that is busy with other things blocks may be void.
    expect([0, 3], log).toContain(exitCode);
    const [night = ""] = readdirSync(join(store, "results"));
    const { arm } = MEASUREMENT.parse(JSON.parse(readFileSync(join(store, "results", night, "result.json"), "utf8")));
    expect([arm.name, arm.blocks.length > 0]).toEqual(["baseline", true]);
    for (const { outcomes } of arm.blocks) expect(outcomes.ok).toBeGreaterThan(0);
    expect(readdirSync(store)).toContain("history.db");
    expect(log).toMatch(/connection-flood/);
    expect(await podsOfOurs({ ...admin, namespace: LENT })).toEqual([]);
  });

  test("a night whose pod is deleted puts back what it made before it goes", async () => {
    const pod = await tonight("interrupted");
    await waitFor(
      "a load in the lent namespace",
      async () => ((await podsOfOurs({ ...admin, namespace: LENT })).length > 1 ? true : undefined),
      { timeoutMs: 180_000, intervalMs: 300 },
    );
    await admin.core.deleteNamespacedPod({ namespace: RELEASE, name: pod });
    const gone = () =>
      admin.core.readNamespacedPod({ namespace: RELEASE, name: pod }).then(
        () => undefined,
        (error: unknown) => (isNotFound(error) ? true : undefined),
      );
    await waitFor("the end of the night's pod", gone, { timeoutMs: 150_000 });
    expect(await podsOfOurs({ ...admin, namespace: LENT })).toEqual([]);
  });

  test("history and lent namespace stay where the release is removed", async () => {
    await helm("uninstall", RELEASE, "--namespace", RELEASE, "--wait");
    expect((await admin.core.readNamespace({ name: LENT })).status?.phase).toBe("Active");
    const claims = await admin.core.listNamespacedPersistentVolumeClaim({ namespace: RELEASE });
    expect(claims.items.map(({ metadata }) => metadata?.name)).toEqual([`${RELEASE}-store`]);
    await expect(admin.batch.readNamespacedCronJob({ namespace: RELEASE, name: RELEASE })).rejects.toSatisfy(
      isNotFound,
    );
  });
});
