/** The Helm chart, by a real Helm: by default what a real kustomize makes of the kustomization beside it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { CHART, type HelmEnvironment, helmEnvironment } from "../../support/go-tools/helm.ts";
import { helmProgram, kustomizeProgram } from "../../support/go-tools/tools.ts";

const KUSTOMIZATION = fileURLToPath(new URL("../../../manifests/nightly/cronjob", import.meta.url));
const OBJECT = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
type KubernetesObject = z.infer<typeof OBJECT>;

let folder: string;
let helm: string;
let env: HelmEnvironment;
let kustomized: KubernetesObject[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-chart-"));
  env = helmEnvironment(folder);
  helm = await helmProgram();
  kustomized = objectsIn((await execa(await kustomizeProgram(), ["build", KUSTOMIZATION])).stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as unknown)
    .filter((each) => each !== null)
    .map((each) => OBJECT.parse(each));
}

const template = (...options: string[]) =>
  execa(helm, ["template", "packetwalk-nightly", CHART, "--namespace", "packetwalk-nightly", ...options], {
    env,
    reject: false,
  });

async function rendered(...options: string[]): Promise<KubernetesObject[]> {
  const { exitCode, stdout, stderr } = await template(...options);
  expect(exitCode, stderr).toBe(0);
  return objectsIn(stdout);
}

async function refused(...options: string[]): Promise<string> {
  const { exitCode, stderr } = await template(...options);
  expect(exitCode).toBe(1);
  return stderr;
}

/** The only one of a kind. */
function only(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.filter((each) => each.kind === kind);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} objects are a ${kind}`);
  return first;
}

const CRON_JOB = z.object({
  spec: z.looseObject({
    jobTemplate: z.object({
      spec: z.looseObject({
        template: z.object({
          spec: z.looseObject({
            containers: z.tuple([
              z.looseObject({
                image: z.string(),
                args: z.array(z.string()).optional(),
                env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
                volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
              }),
            ]),
            volumes: z.array(z.looseObject({ name: z.string() })),
          }),
        }),
      }),
    }),
  }),
});
const podOf = (objects: readonly KubernetesObject[]) =>
  CRON_JOB.parse(only(objects, "CronJob")).spec.jobTemplate.spec.template.spec;
const containerOf = (objects: readonly KubernetesObject[]) => podOf(objects).containers[0];
const envOf = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(containerOf(objects).env.map(({ name, value, ...more }) => [name, value ?? more.valueFrom]));

test("Helm finds nothing wrong with it", async () => {
  const { stdout } = await execa(helm, ["lint", "--strict", CHART], { env });
  expect(stdout).toContain("1 chart(s) linted, 0 chart(s) failed");
});

test("it has packetwalk's version", () => {
  const { version, appVersion } = parse(readFileSync(join(CHART, "Chart.yaml"), "utf8"));
  const own = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")).version;
  expect([version, appVersion]).toEqual([own, own]);
});

describe("by default it is the kustomization", () => {
  /** What the two call differently: kustomize adds a hash to a ConfigMap's name, and Helm's names are the release's. */
  const named = (text: string) =>
    text
      .replace(/packetwalk-nightly-[a-z0-9]{10}\b/g, "packetwalk-nightly")
      .replaceAll("packetwalk-nightly-store", "packetwalk-store");
  const specOf = (objects: readonly KubernetesObject[], kind: string) =>
    JSON.parse(named(JSON.stringify(only(objects, kind).spec))) as unknown;

  test("of the same objects, but for the release's own namespace", async () => {
    const place = ({ kind, metadata }: KubernetesObject) => `${kind} in ${metadata.namespace ?? "none"}`;
    const kustomize = kustomized.filter(
      ({ kind, metadata }) => `${kind} ${metadata.name}` !== "Namespace packetwalk-nightly",
    );
    expect((await rendered()).map(place).sort()).toEqual(kustomize.map(place).sort());
  });

  test("with the same CronJob, claim and script", async () => {
    const objects = await rendered();
    for (const kind of ["CronJob", "PersistentVolumeClaim"])
      expect(specOf(objects, kind)).toEqual(specOf(kustomized, kind));
    expect(only(objects, "ConfigMap").data).toEqual(only(kustomized, "ConfigMap").data);
  });

  test("with a lent namespace in which no pod is privileged", async () => {
    const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
    for (const objects of [await rendered(), kustomized]) {
      const lent = objects.find(({ kind, metadata }) => `${kind} ${metadata.name}` === "Namespace packetwalk-load");
      expect(lent?.metadata).toMatchObject({ labels: restricted });
    }
  });

  test("with the same rights, for the same account, in the same namespace", async () => {
    const objects = await rendered();
    expect(only(objects, "Role").rules).toEqual(only(kustomized, "Role").rules);
    expect(only(objects, "RoleBinding").subjects).toEqual(only(kustomized, "RoleBinding").subjects);
    expect(only(objects, "RoleBinding").roleRef).toMatchObject({
      kind: "Role",
      name: only(objects, "Role").metadata.name,
    });
    expect(only(objects, "Role").metadata.namespace).toBe("packetwalk-load");
    expect(objects.map(({ kind }) => kind).filter((kind) => kind.startsWith("Cluster"))).toEqual([]);
  });
});

describe("its values", () => {
  test("say what is measured, when, and what fails the night", async () => {
    const objects = await rendered(
      ...["--set", "schedule=5 4 * * 1-5", "--set", "suites={connection-flood,saturation}", "--set", "arm=recommended"],
      ...["--set", "arguments={--quick,--rounds,7}", "--set", "failOn=", "--set", "first=true"],
    );
    expect(only(objects, "CronJob").spec).toMatchObject({ schedule: "5 4 * * 1-5" });
    expect(containerOf(objects).args).toEqual(["--quick", "--rounds", "7"]);
    expect(envOf(objects)).toMatchObject({
      NIGHTLY_SUITES: "connection-flood saturation",
      NIGHTLY_ARM: "recommended",
      NIGHTLY_FIRST: "true",
    });
    expect(envOf(objects)).not.toHaveProperty("NIGHTLY_FAIL_ON");
  });

  test("name the image by registry and tag, or by digest", async () => {
    const image = ["--set", "image.registry=registry.example:5000/mirror/", "--set", "image.repository=packetwalk"];
    expect(containerOf(await rendered(...image, "--set", "image.tag=0.1.0"))).toMatchObject({
      image: "registry.example:5000/mirror/packetwalk:0.1.0",
    });
    const digest = `sha256:${"0".repeat(64)}`;
    expect(containerOf(await rendered(...image, "--set", `image.tag=${digest},image.pullPolicy=Never`))).toMatchObject({
      image: `registry.example:5000/mirror/packetwalk@${digest}`,
      imagePullPolicy: "Never",
    });
  });

  test("keep the history in PostgreSQL, whose address and password no manifest holds, and need no volume then", async () => {
    const objects = await rendered("--set", "store.urlSecret=history,store.claim.enabled=false");
    expect(objects.map(({ kind }) => kind)).not.toContain("PersistentVolumeClaim");
    expect(envOf(objects)).toMatchObject({
      NIGHTLY_STORE: { secretKeyRef: { name: "history", key: "url" } },
      PGPASSWORD: { secretKeyRef: { name: "history", key: "password", optional: true } },
      NIGHTLY_RESULTS: "/work/results",
    });
    expect(podOf(objects).volumes.map(({ name }) => name)).toEqual(["nightly", "work", "tmp"]);
    expect(containerOf(objects).volumeMounts.map(({ name }) => name)).toEqual(["nightly", "work", "tmp"]);
  });

  test("take a claim, a namespace and an account that are there", async () => {
    const objects = await rendered(
      ...["--set", "store.claim.existing=mine,loadNamespace.name=lent,loadNamespace.create=false"],
      ...["--set", "serviceAccount.create=false,serviceAccount.name=tester,rbac.create=false"],
    );
    expect(objects.map(({ kind }) => kind).sort()).toEqual(["ConfigMap", "CronJob"]);
    expect(podOf(objects)).toMatchObject({
      serviceAccountName: "tester",
      volumes: expect.arrayContaining([{ name: "store", persistentVolumeClaim: { claimName: "mine" } }]),
    });
    expect(envOf(objects)).toMatchObject({ NIGHTLY_NAMESPACE: "lent" });
  });

  test("leave history and loaded namespace when the release goes", async () => {
    const objects = await rendered();
    for (const kind of ["PersistentVolumeClaim", "Namespace"]) {
      expect(only(objects, kind).metadata).toMatchObject({ annotations: { "helm.sh/resource-policy": "keep" } });
    }
  });
});

describe("it refuses", () => {
  test.each([
    [["--set", "schedule=nightly"], /schedule.*pattern/],
    [["--set", "failOn=better"], /failOn/],
    [["--set", "suite=saturation"], /[Aa]dditional propert.*suite/],
    [["--set", "suites=null"], /suites.*required|required.*suites|missing propert.*suites/],
    [["--set", "store.keep=a year"], /keep/],
    [
      ["--set", "store.claim.enabled=false"],
      /store: let store\.claim\.enabled be true, or name a Secret in store\.urlSecret/,
    ],
    [["--set", "loadNamespace.name=packetwalk-nightly"], /loadNamespace\.name: it is the release's namespace/],
    [["--set", "serviceAccount.create=false"], /serviceAccount: name the account that is there/],
  ])("%j, and says where it is wrong", async (options, said) => {
    expect(await refused(...options)).toMatch(said);
  });
});
