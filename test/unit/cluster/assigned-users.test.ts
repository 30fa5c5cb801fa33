/** Pods on OpenShift, whose namespaces have users of their own. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { V1Deployment } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { withoutOurUsers } from "../../../runner/cluster/assigned-users.ts";
import { apply, SHARED } from "../../../runner/cluster/manifests.ts";
import { openAt } from "../cli/simulated-here.ts";
import { answering, api, type JsonReply, refusal } from "./servers/api.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const GROUP = "/apis/security.openshift.io/v1";

/** @param group the answer to whether there are SecurityContextConstraints */
async function applied(group: () => JsonReply) {
  const sent: unknown[] = [];
  await using server = await api({
    answer: answering(({ method, path, body }) => {
      if (method === "PATCH") sent.push(body);
      if (path === GROUP) return group();
      if (path === "/apis/apps/v1")
        return { status: 200, body: { resources: [{ name: "deployments", kind: "Deployment", namespaced: true }] } };
      return { status: 200, body: { items: [], ...Object(body) } };
    }),
  });
  const cluster = await openAt(server.url);
  for (let times = 0; times < 2; times++) await apply(cluster, SHARED.object<V1Deployment>("web", "Deployment"));
  const users = sent.map((each) => (each as V1Deployment).spec?.template.spec?.securityContext);
  return { users, asked: server.asked.filter(({ url }) => url === GROUP).length };
}

test("with SecurityContextConstraints a pod names no user of ours, and all else of it stays", async () => {
  const { users, asked } = await applied(() => ({ status: 200, body: { resources: [] } }));
  expect(users).toEqual([users[0], users[0]]);
  expect(users[0]).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  expect(Object.keys(users[0] ?? {}).sort()).toEqual(["runAsNonRoot", "seccompProfile", "sysctls"]);
  expect(asked).toBe(1);
});

test("anywhere else it names ours", async () => {
  const { users, asked } = await applied(() => refusal(404, "the server could not find the requested resource"));
  expect(users[0]).toMatchObject({ runAsUser: 65532, runAsGroup: 65532 });
  expect(asked).toBe(1);
});

test("an API that does not say is asked again", async () => {
  const { users, asked } = await applied(() => refusal(503, "not ready"));
  expect(users[0]).toMatchObject({ runAsUser: 65532 });
  expect(asked).toBe(2);
});

const MANIFESTS = ["manifests", "suites"].flatMap((folder) =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path}`)
    .filter((path) => /(^|\/)manifests\/.*\.yaml$/.test(path) && !/nightly|(envoy|routes\S*)\.yaml$/.test(path)),
);

test.each(MANIFESTS)("%s names no other user than the one that can be left out", (file) => {
  for (const document of parseAllDocuments(readFileSync(`${ROOT}${file}`, "utf8"))) {
    const left = JSON.stringify(withoutOurUsers(document.toJS()));
    expect(left).not.toMatch(/"(runAsUser|runAsGroup|fsGroup)":/);
  }
});

test("what others chose stays, and what has no user of ours is the same object", () => {
  const users = { spec: { securityContext: { runAsUser: 1001, fsGroup: 65532 }, containers: [{ name: "c" }] } };
  expect(withoutOurUsers(users)).toEqual({
    spec: { securityContext: { runAsUser: 1001 }, containers: [{ name: "c" }] },
  });
  const without = { spec: { port: 65532, containers: [{ runAsUser: 0 }] } };
  expect(withoutOurUsers(without)).toBe(without);
});
