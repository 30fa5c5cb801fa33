import { type KubernetesListObject, type KubernetesObject, makeInformer } from "@kubernetes/client-node";
import { expect, test, vi } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { api } from "./servers/api.ts";
import { base64, CA } from "./servers/certificates.ts";
import { folder, kubeconfigText } from "./servers/files.ts";

const PATH = "/api/v1/namespaces/shop/pods";

test("a watch has the kubeconfig's credentials and certificates, and ends when it is stopped", async () => {
  using files = folder();
  let open = 0;
  await using server = await api({
    certificate: "server",
    answer(request, response) {
      response.writeHead(200, { "content-type": "application/json" });
      if (!request.url?.includes("watch=true")) return response.end(JSON.stringify({ metadata: {}, items: [] }));
      open += 1;
      response.once("close", () => {
        open -= 1;
      });
      return response.write(`${JSON.stringify({ type: "ADDED", object: { metadata: { name: "web" } } })}\n`);
    },
  });
  const reached = { server: server.url, "certificate-authority-data": base64(CA) };
  const user = { token: "t0ken", as: "jane", "as-groups": ["shop", "admins"] };
  const cluster = await openCluster(loadKubeconfig(files.write("config", kubeconfigText(reached, user)), undefined));
  const list = (): Promise<KubernetesListObject<KubernetesObject>> =>
    cluster.core.listNamespacedPod({ namespace: "shop" });
  const informer = makeInformer(cluster.kubeconfig, PATH, list);
  const seen: (string | undefined)[] = [];
  informer.on("add", ({ metadata }) => seen.push(metadata?.name));
  await informer.start();
  await vi.waitUntil(() => seen.length > 0, { timeout: 20_000 });
  expect(seen).toEqual(["web"]);
  expect(server.asked.at(-1)?.headers).toMatchObject({
    authorization: "Bearer t0ken",
    "impersonate-user": "jane",
    "impersonate-group": "shop, admins",
  });
  await informer.stop();
  await vi.waitUntil(() => open === 0, { timeout: 20_000 });
});
