/** What can be applied on the lab, by the words of its own API server and kubelets; nothing is changed by asking. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { isNotFound } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { podSysctlYaml } from "../../unit/tunings/folders.ts";
import { SHARED_LAB } from "../names.ts";
import { type OpenLab, sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
let open: OpenLab;
beforeAll(async () => {
  open = await testing.open();
});
afterAll(() => testing.leave());

const HERE = z.object({
  schemaVersion: z.literal(1),
  tunings: z.array(
    z.object({
      name: z.string(),
      state: z.enum(["can", "partly", "cannot", "unknown"]),
      because: z.array(z.object({ by: z.string(), says: z.string(), nodes: z.array(z.string()).nullable() })),
      needs: z.object({ flag: z.string() }).nullable(),
      nearest: z.array(z.object({ name: z.string(), by: z.string() })),
      try: z.string().nullable(),
    }),
  ),
});

async function here(code: number, ...args: string[]) {
  const ran = await packetwalk(["tunings", "--here", "--json", ...args]);
  expect(ran.code, ran.stderr).toBe(code);
  return HERE.parse(JSON.parse(ran.stdout)).tunings;
}

function queues(): string {
  const folder = join(open.folder, "pod-somaxconn");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tuning.yaml"), podSysctlYaml("net.core.somaxconn", 65535));
  return folder;
}

test("by its kubeconfig, as anybody's cluster: node sysctls with leave, safe ones in pods, and no unsafe ones", async () => {
  const folder = queues();
  const names = ["fin-timeout-15", "ndots-2", "prestop-native-sleep-10", "pod-port-range", folder];
  const [fin, ndots, sleep, ports, somaxconn] = await here(5, ...names, "--kubeconfig", open.lab.kubeconfigPath);
  expect(fin).toMatchObject({ state: "can", needs: { flag: "--allow-node-changes" } });
  for (const each of [ndots, sleep, ports]) expect(each).toMatchObject({ state: "can", because: [], needs: null });
  expect(somaxconn).toMatchObject({
    state: "cannot",
    nearest: [{ name: "node-somaxconn-65535", by: "same-key" }],
    try: null,
  });
  expect(somaxconn?.because).toEqual([
    {
      by: "kubelet",
      says: "allows no unsafe sysctls, and net.core.somaxconn is unsafe",
      nodes: [...open.lab.nodes].sort(),
    },
  ]);
});

test("the whole catalogue in the lab, where nodes are packetwalk's own; and nothing was made", async () => {
  const all = await here(0, "--lab", SHARED_LAB);
  expect(all.filter(({ state }) => state === "cannot").map(({ name }) => name)).toEqual([
    "pod-fastopen-3",
    "pod-tw-reuse-1",
  ]);
  expect(all.filter(({ state }) => state === "unknown" || state === "partly")).toEqual([]);
  expect(all.every(({ needs }) => needs === null)).toBe(true);
  const namespace = open.cluster.core.readNamespace({ name: OWN_NAMESPACE });
  await expect(namespace.catch((error: unknown) => isNotFound(error))).resolves.toBe(true);
});

test("what keeps node settings in force is taken by the API as it is printed; a dry run, for it would write to this machine", async () => {
  const printed = await packetwalk(["tunings", "conntrack-time-wait-30", "fin-timeout-15", "--manifest"]);
  expect(printed.code, printed.stderr).toBe(0);
  const file = join(open.folder, "sysctls.yaml");
  writeFileSync(file, printed.stdout);
  const kubectl = ["lab", "kubectl", "--name", SHARED_LAB, "apply", "--dry-run=server", "-f", file];
  const taken = await packetwalk(kubectl);
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.stdout).toMatch(/configmap\/network-sysctls created .*\ndaemonset.apps\/network-sysctls created/);
});
