import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeApi extends AsyncDisposable {
  readonly kubeconfig: string;
  /** "KIND NAME", in order. */
  readonly deleted: readonly string[];
}

const OBJECTS: Readonly<Record<string, { kind: string; apiVersion: string; name: string }>> = {
  "/api/v1/namespaces/packetwalk": { kind: "Namespace", apiVersion: "v1", name: "packetwalk" },
  "/api/v1/namespaces/b": { kind: "Namespace", apiVersion: "v1", name: "b" },
  "/apis/rbac.authorization.k8s.io/v1/clusterroles/packetwalk-dns": {
    kind: "ClusterRole",
    apiVersion: "rbac.authorization.k8s.io/v1",
    name: "packetwalk-dns",
  },
};

/**
 * A Kubernetes API that has what a run leaves, and lets it be deleted.
 * @param uid of its kube-system, if it tells
 */
export async function fakeApi({ uid }: { readonly uid?: string } = {}): Promise<FakeApi> {
  const deleted: string[] = [];
  const server = createServer(({ method, url = "" }, response) => {
    const path = new URL(url, "http://api").pathname;
    const object = OBJECTS[path];
    if (path === "/api/v1/nodes") return answer(response, 200, { kind: "NodeList", apiVersion: "v1", items: [] });
    if (path === "/api/v1/namespaces")
      return answer(response, 200, { kind: "NamespaceList", apiVersion: "v1", items: [] });
    if (path === "/api/v1/namespaces/kube-system" && uid !== undefined)
      return answer(response, 200, { kind: "Namespace", apiVersion: "v1", metadata: { name: "kube-system", uid } });
    if (path === "/apis/rbac.authorization.k8s.io/v1") {
      const resources = [{ name: "clusterroles", singularName: "", namespaced: false, kind: "ClusterRole", verbs: [] }];
      return answer(response, 200, { kind: "APIResourceList", groupVersion: path.slice(6), resources });
    }
    const called = object && `${object.kind} ${object.name}`;
    if (!called || deleted.includes(called)) return answer(response, 404, { kind: "Status", message: "not found" });
    if (method === "DELETE") deleted.push(called);
    const { kind, apiVersion, name } = object;
    const labels = { "app.kubernetes.io/managed-by": "packetwalk" };
    return answer(response, 200, { kind, apiVersion, metadata: { name, labels } });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    deleted,
    kubeconfig: `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
