import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { apply } from "../../../runner/cluster/manifests.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { UsageError } from "../../../runner/errors.ts";
import { answering, api, refusal } from "./servers/api.ts";

interface Written {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** An API with one Secret; the default service account is there from the second question on. */
async function simulated(secretType: string) {
  const written: Written[] = [];
  let patches = 0;
  const server = await api({
    answer: answering(({ method, path, body }) => {
      const answer = (status: number, body: unknown) => ({ status, body });
      if (method !== "GET") written.push({ method, path, body: body as Written["body"] });
      if (path === "/api/v1/nodes") return answer(200, { items: [] });
      if (path === "/api/v1") {
        const resources = [
          { name: "namespaces", kind: "Namespace", namespaced: false },
          { name: "serviceaccounts", kind: "ServiceAccount", namespaced: true },
        ];
        return answer(200, { groupVersion: "v1", resources });
      }
      if (path === "/apis/networking.k8s.io/v1") {
        const resources = [{ name: "networkpolicies", kind: "NetworkPolicy", namespaced: true }];
        return answer(200, { groupVersion: "networking.k8s.io/v1", resources });
      }
      if (path === "/api/v1/namespaces/ci/secrets/mirror") {
        return answer(200, { metadata: { name: "mirror" }, type: secretType, data: { ".dockerconfigjson": "e30=" } });
      }
      const missing = method === "GET" || (path.endsWith("/serviceaccounts/default") && ++patches === 1);
      return missing ? refusal(404, "not found") : answer(method === "POST" ? 201 : 200, body);
    }),
  });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "nobody" });
  const cluster: Cluster = { ...(await openCluster(kubeconfig)), pullSecret: { namespace: "ci", name: "mirror" } };
  return { server, cluster, written };
}

test("the user's Secret is copied into our namespace, and every service account there pulls with the copy", async () => {
  const { server, cluster, written } = await simulated("kubernetes.io/dockerconfigjson");
  await using _ = server;
  await createNamespace(cluster);
  await apply(cluster, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "endpoints-sync", namespace: "packetwalk" },
  });
  const copy = written.find(({ path }) => path === "/api/v1/namespaces/packetwalk/secrets");
  expect(copy?.body).toMatchObject({ type: "kubernetes.io/dockerconfigjson", data: { ".dockerconfigjson": "e30=" } });
  const { name } = (copy?.body.metadata ?? {}) as { name?: string };
  for (const account of ["default", "endpoints-sync"]) {
    const last = written.findLast(({ path }) => path.endsWith(`/serviceaccounts/${account}`));
    expect(last?.body.imagePullSecrets, account).toEqual([{ name }]);
  }
});

test("a Secret that holds no registry's credentials is refused, and not copied", async () => {
  const { server, cluster, written } = await simulated("Opaque");
  await using _ = server;
  const error: unknown = await createNamespace(cluster).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  expect(String(error)).toMatch(/Secret mirror is of type Opaque, and one for images is of type/);
  expect(written.filter(({ path }) => path.includes("/secrets"))).toEqual([]);
});
