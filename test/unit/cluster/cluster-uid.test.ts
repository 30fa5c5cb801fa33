import { afterEach, beforeEach, expect, test } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { clusterUid } from "../../../runner/cluster/cluster-uid.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { answering, api, type JsonReply, refusal } from "./servers/api.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";

let files: Folder;
beforeEach(() => {
  files = folder();
});
afterEach(() => files[Symbol.dispose]());

const NODES: JsonReply = { status: 200, body: { kind: "NodeList", apiVersion: "v1", items: [] } };

function serving(kubeSystem: JsonReply) {
  const answer = answering(({ path }) => (path === "/api/v1/namespaces/kube-system" ? kubeSystem : NODES));
  return api({ answer });
}

const open = (url: string) =>
  openCluster(loadKubeconfig(files.write("config", kubeconfigText({ server: url })), undefined));

test.each<[string, JsonReply, string | null]>([
  [
    "its kube-system's UID",
    { status: 200, body: { kind: "Namespace", metadata: { name: "kube-system", uid: "a" } } },
    "a",
  ],
  ["not known to whom it is forbidden", refusal(403, 'User "dev" cannot get resource "namespaces"'), null],
  ["not known where there is no kube-system", refusal(404, 'namespaces "kube-system" not found'), null],
])("a cluster is %s", async (_, reply, uid) => {
  await using server = await serving(reply);
  expect(await clusterUid(await open(server.url))).toBe(uid);
});

test("no answer is not an answer", async () => {
  const server = await serving(refusal(404, "none"));
  const cluster = await open(server.url);
  await server[Symbol.asyncDispose]();
  const reading = clusterUid(cluster);
  await expect(reading).rejects.toThrow(EnvironmentError);
  await expect(reading).rejects.toThrow(/^what cluster this is can't be read: /);
});
