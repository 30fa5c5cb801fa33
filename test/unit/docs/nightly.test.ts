/**
 * The ready-made nightly files say what this packetwalk understands, and grant what docs/rights does. What the CronJob's script
 * does, and what Helm makes of the chart, is in test/programs/nightly.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { parsedCommand } from "../../support/parsed-command.ts";
import { grantsIn, rightsOf, rightWords } from "./rbac.ts";

const FOLDER = fileURLToPath(new URL("../../../manifests/nightly", import.meta.url));
const FILES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
  (path) => /\.(yaml|sh)$/.test(path) && !path.startsWith("helm/templates/"),
);
const read = (path: string) => readFileSync(`${FOLDER}/${path}`, "utf8");
const documents = (path: string): unknown[] =>
  parseAllDocuments(read(path)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });

/** All strings of more than one word that a shell gets. */
function scriptsOf(path: string): string[] {
  if (path.endsWith(".sh")) return [read(path)];
  const Github = z.object({
    jobs: z.record(z.string(), z.object({ steps: z.array(z.object({ run: z.string().optional() })) })),
  });
  const Gitlab = z.record(z.string(), z.object({ script: z.array(z.string()), after_script: z.array(z.string()) }));
  return documents(path).flatMap((document) => {
    const github = Github.safeParse(document).data;
    if (github) return Object.values(github.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    const gitlab = Gitlab.safeParse(document).data;
    return gitlab ? Object.values(gitlab).flatMap((job) => [...job.script, ...job.after_script]) : [];
  });
}

/** Each as a shell would split it, without what comes after it. */
function commandsIn(script: string): string[][] {
  return [...script.matchAll(/npx packetwalk ([^\n|&]*)/g)].map(([, words = ""]) =>
    [...words.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ""),
  );
}

const WITH_SHELL = FILES.filter((path) => scriptsOf(path).length > 0).sort();

test("there is shell in some of them, and packetwalk is called in both of CI", () => {
  expect(WITH_SHELL).toEqual(["cronjob/nightly.sh", "github-actions.yaml", "gitlab-ci.yaml", "helm/nightly.sh"]);
  for (const path of WITH_SHELL.filter((each) => each.endsWith(".yaml")))
    expect(scriptsOf(path).flatMap(commandsIn).length, path).toBeGreaterThanOrEqual(3);
});

test("the chart has the CronJob's script, and not one of its own", () => {
  expect(readlinkSync(`${FOLDER}/helm/nightly.sh`)).toBe("../cronjob/nightly.sh");
});

test.each(FILES.filter((path) => path.endsWith(".yaml")))("%s is YAML", (path) => {
  expect(documents(path).length).toBeGreaterThan(0);
});

test.each(WITH_SHELL)("bash reads all shell in %s", (path) => {
  for (const script of scriptsOf(path)) expect(spawnSync("bash", ["-n"], { input: script }).stderr.toString()).toBe("");
});

test.each(
  WITH_SHELL.flatMap((path) => scriptsOf(path).flatMap(commandsIn)).map((words) => [words.join(" "), words] as const),
)("this packetwalk takes: %s", async (_, words) => {
  expect(await parsedCommand(words)).not.toEqual([]);
});

test("a command that there is not would be found", async () => {
  await expect(parsedCommand(["compare", "connection-flood", "--againts", "last-good"])).rejects.toThrow(
    /unknown option/,
  );
  await expect(
    parsedCommand(["compare", "connection-flood", "--against", "last-good", "--resume", "x"]),
  ).rejects.toThrow(/cannot be used with option/);
});

describe("the CronJob's kustomization", () => {
  const named = z.object({
    kind: z.string(),
    metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  });
  const kustomization = z.object({ resources: z.array(z.string()) }).parse(documents("cronjob/kustomization.yaml")[0]);
  const objects = kustomization.resources
    .flatMap((file) => documents(`cronjob/${file}`))
    .map((each) => named.parse(each));

  test("is made of all files beside it, and of one of each object", () => {
    const files = FILES.flatMap((path) => /^cronjob\/(.*\.yaml)$/.exec(path)?.[1] ?? []);
    expect([...kustomization.resources, "kustomization.yaml"].sort()).toEqual(files.sort());
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...["CronJob", "Namespace", "Namespace", "PersistentVolumeClaim", "Role", "RoleBinding", "ServiceAccount"],
    ]);
  });

  test("grants what docs/rights/load.yaml does, in the lent namespace only, to the account that it runs as", () => {
    const granted = grantsIn(read("cronjob/account.yaml"));
    expect(granted.map(rightWords)).toEqual(rightsOf("load.yaml").map(rightWords));
    expect([...new Set(granted.map(({ namespace }) => namespace))]).toEqual(["packetwalk-load"]);
    const binding = documents("cronjob/account.yaml").at(-1);
    expect(binding).toMatchObject({
      kind: "RoleBinding",
      metadata: { namespace: "packetwalk-load" },
      subjects: [{ kind: "ServiceAccount", name: "packetwalk-nightly", namespace: "packetwalk-nightly" }],
    });
    expect(documents("cronjob/cronjob.yaml")[0]).toMatchObject({
      spec: {
        concurrencyPolicy: "Forbid",
        jobTemplate: {
          spec: {
            backoffLimit: 0,
            template: { spec: { serviceAccountName: "packetwalk-nightly", restartPolicy: "Never" } },
          },
        },
      },
    });
  });
});
