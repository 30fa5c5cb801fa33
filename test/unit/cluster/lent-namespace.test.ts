/** A namespace of the user's, by objects alone. */
import { expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { beforeApply, ownedByLent } from "../../../runner/cluster/lent-namespace.ts";
import { SHARED } from "../../../runner/cluster/manifests.ts";
import { forOursOnly } from "../../../runner/cluster/namespace.ts";
import { ALL_OURS, isOurs, madeByRun, marked, ownPods } from "../../../runner/cluster/ours.ts";
import { inOwnNamespace } from "../../../runner/cluster/own-namespace.ts";

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "team" } };

function lent(there: object) {
  const noted: string[] = [];
  const cluster = {
    namespace: "team",
    lent: { before: ({ kind, name }: { kind: string; name: string }) => noted.push(`${kind} ${name}`) },
    objects: { read: async () => there },
  };
  return { cluster: cluster as unknown as Cluster, noted };
}

test("all that is applied is known as ours, and is noted before it is made", async () => {
  const { cluster, noted } = lent(marked(CONFIG_MAP));
  await beforeApply(cluster, marked(CONFIG_MAP));
  expect(noted).toEqual(["ConfigMap web"]);
  expect(isOurs(marked(CONFIG_MAP))).toBe(true);
  expect(isOurs(CONFIG_MAP)).toBe(false);
});

test("what a run makes says which run that was", () => {
  expect(madeByRun(CONFIG_MAP, "run-1").metadata).toEqual({
    ...CONFIG_MAP.metadata,
    annotations: { "packetwalk.dev/run": "run-1" },
  });
  expect(madeByRun(CONFIG_MAP, undefined)).toBe(CONFIG_MAP);
});

test("what is somebody else's is neither noted nor applied", async () => {
  const { cluster, noted } = lent(CONFIG_MAP);
  await expect(beforeApply(cluster, marked(CONFIG_MAP))).rejects.toThrow(
    /^namespace team has a ConfigMap web that packetwalk did not create/,
  );
  expect(noted).toEqual([]);
});

test("all that is made there goes with the run's keeper, once that is there", () => {
  const owner = { apiVersion: "batch/v1", kind: "Job", name: "keeper", uid: "1" };
  const before = () => undefined;
  expect(ownedByLent({ lent: { before, owner } }, CONFIG_MAP).metadata).toMatchObject({ ownerReferences: [owner] });
  expect(ownedByLent({ lent: { before } }, CONFIG_MAP)).toBe(CONFIG_MAP);
  expect(ownedByLent({}, CONFIG_MAP)).toBe(CONFIG_MAP);
});

test("in a namespace of ours nothing is asked or noted", async () => {
  const { cluster, noted } = lent(CONFIG_MAP);
  const { lent: _, ...own } = cluster;
  await beforeApply(own, marked(CONFIG_MAP));
  expect(noted).toEqual([]);
});

test("beside default-deny policies our pods are allowed to talk, and nobody else's", () => {
  const policy = inOwnNamespace(forOursOnly(SHARED.object("namespace", "NetworkPolicy")), "team");
  expect(policy).toMatchObject({
    metadata: { namespace: "team" },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/part-of": "packetwalk" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{}],
      egress: [{}],
    },
  });
});

test.each(["web", "load", "depot", "scout"])(
  "the pods of %s have the labels that the policy and our lists go by",
  (folder) => {
    const [object] = SHARED.objects(folder);
    const { spec, metadata } = object as { spec: { template?: { metadata: object } }; metadata: object };
    const labels = { "app.kubernetes.io/part-of": "packetwalk", "app.kubernetes.io/managed-by": "packetwalk" };
    expect(spec.template?.metadata ?? metadata).toMatchObject({ labels });
    expect(ALL_OURS).toBe("app.kubernetes.io/managed-by=packetwalk");
    expect(ownPods("web")).toBe("app.kubernetes.io/name=web,app.kubernetes.io/part-of=packetwalk");
  },
);

test("a Service of ours leads to pods of ours only, whatever others are called", () => {
  const selector = { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "packetwalk" };
  expect(SHARED.object("web", "Service")).toMatchObject({ spec: { selector } });
});
