import { AppsV1Api } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { objectChanges, type WatchedObject, writerOf } from "../../../runner/experiment/block/object-changes.ts";
import { watchObjects } from "../../../runner/experiment/block/watch-objects.ts";
import { servedApi } from "../../support/served-api.ts";

const IMAGE = ["spec", "template", "spec", "containers", { name: "web" }, "image"] as const;
const DEPLOYMENT: WatchedObject = {
  kind: "Deployment",
  namespace: "shop",
  name: "web",
  paths: [["spec", "replicas"], IMAGE],
};
const OWNED = {
  "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { "f:image": {} } } } } },
};
const deployment = (replicas: number, image: string, managedFields: object[] = []) => ({
  metadata: { managedFields },
  spec: { replicas, template: { spec: { containers: [{ name: "side" }, { name: "web", image }] } } },
});

describe("fields on which an arm rests", () => {
  test("are told where they are not what they were, with the last of those who own them", () => {
    const managedFields = [
      { manager: "packetwalk", time: "2026-01-01T00:00:00Z", fieldsV1: { "f:spec": { "f:replicas": {} } } },
      { manager: "argocd-controller", time: "2026-01-01T00:00:09Z", fieldsV1: OWNED },
      { manager: "kubectl", time: "2026-01-01T00:00:05Z", fieldsV1: OWNED },
    ];
    expect(objectChanges(DEPLOYMENT, deployment(1, "a"), deployment(1, "b", managedFields))).toEqual([
      {
        object: "Deployment shop/web",
        field: "spec.template.spec.containers[web].image",
        ...{ from: "a", to: "b" },
        by: { manager: "argocd-controller", at: "2026-01-01T00:00:09.000Z" },
      },
    ]);
    expect(objectChanges(DEPLOYMENT, deployment(1, "a"), deployment(1, "a", managedFields))).toEqual([]);
  });

  test("that are gone have nobody who owns them", () => {
    const [replicas, image] = objectChanges(DEPLOYMENT, deployment(1, "a"), undefined);
    expect(replicas).toEqual({ object: "Deployment shop/web", field: "spec.replicas", from: "1", to: null });
    expect(image).toMatchObject({ from: "a", to: null });
  });

  test("of many lines are told by those that differ", () => {
    const watched: WatchedObject = { kind: "ConfigMap", namespace: "a", name: "dns", paths: [["data", "Corefile"]] };
    const config = (seconds: number) => ({ metadata: {}, data: { Corefile: `. {\n  cache ${seconds}\n  ready\n}\n` } });
    expect(objectChanges(watched, config(30), config(60))).toMatchObject([{ from: "cache 30", to: "cache 60" }]);
  });

  test("have an owner by what they are part of as well", () => {
    const owners = [{ manager: "helm", fieldsV1: { "f:spec": { "f:template": {} } } }];
    expect(writerOf(owners, IMAGE)).toEqual({ manager: "helm", at: null });
    expect(writerOf(owners, ["spec", "replicas"])).toBeUndefined();
  });
});

describe("a watch", () => {
  const at = { namespace: "shop", name: "web" };
  /** An API whose Deployment has the next of these numbers of replicas at each reading, and the last one from then on. */
  async function reading(statuses: readonly (number | "error")[]) {
    let asked = 0;
    const api = await servedApi((_request, response) => {
      const said = statuses[Math.min(asked++, statuses.length - 1)];
      response.statusCode = said === "error" ? 503 : 200;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(said === "error" ? { message: "busy" } : deployment(said ?? 0, "a")));
    });
    const cluster = { apps: api.kubeconfig.makeApiClient(AppsV1Api) } as Cluster;
    return { api, cluster, asked: () => asked };
  }
  const REPLICAS: WatchedObject = { kind: "Deployment", ...at, paths: [["spec", "replicas"]] };

  test("sees what was changed and changed back in between", async () => {
    const { api, cluster, asked } = await reading([1, 2, 1]);
    await using _ = api;
    const watch = await watchObjects(cluster, [REPLICAS], undefined, 5);
    await expect.poll(asked, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(3);
    expect((await watch.end()).map(({ from, to }) => [from, to])).toEqual([
      ["1", "2"],
      ["2", "1"],
    ]);
  });

  test("passes over a reading that fails, except the last", async () => {
    const { api, cluster, asked } = await reading([1, "error", 2]);
    await using _ = api;
    const watch = await watchObjects(cluster, [REPLICAS], undefined, 5);
    await expect.poll(asked, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(2);
    expect((await watch.end()).map(({ from, to }) => [from, to])).toEqual([["1", "2"]]);
    const failing = await reading([1, "error"]);
    await using __ = failing.api;
    const unread = await watchObjects(failing.cluster, [REPLICAS], undefined, 60_000);
    await expect(unread.end()).rejects.toThrow(/^Deployment shop\/web can't be watched: /);
  });
});
