import { AppsV1Api, KubernetesObjectApi } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { apiReason, type Cluster, isNotFound, openCluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { apply } from "../../../runner/cluster/manifests.ts";
import { readPodLog } from "../../../runner/cluster/pod-log.ts";
import { EnvironmentError, reasonOf } from "../../../runner/errors.ts";
import { type Api, api } from "./servers/api.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";

interface Answered {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly location?: string;
}

let files: Folder;
/** What is answered to everything, or to what the pattern finds. */
let answered: { what: Answered; to: RegExp };
let server: Api;

beforeEach(async () => {
  files = folder();
  server = await api({
    answer(request, response) {
      const { what, to } = answered;
      if (!to.test(request.url ?? "")) {
        const items: unknown[] = [];
        const resources = [
          { name: "daemonsets", kind: "DaemonSet", namespaced: true },
          { name: "services", kind: "Service", namespaced: true },
        ];
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ kind: "List", items, resources }));
        return;
      }
      const { status, type = "application/json", body = "", location } = what;
      response.writeHead(status, { "content-type": type, ...(location ? { location } : {}) }).end(body);
    },
  });
});
afterEach(async () => {
  files[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

function open(what: Answered, to = /./): Promise<Cluster> {
  answered = { what, to };
  const file = files.write("config", kubeconfigText({ server: server.url }));
  return openCluster(loadKubeconfig(file, undefined));
}

const status = (code: number, message: string): Answered => ({
  status: code,
  body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, reason: "x", code }),
});

const FORBIDDEN =
  'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope';
const KYVERNO = `admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/shop/agent was blocked due to the following policies \n\ndisallow-host-namespaces:\n  host-namespaces: 'validation error: Sharing the host namespaces is disallowed.'\n`;
const AUTOPILOT = `admission webhook "warden-validating.common-webhooks.networking.gke.io" denied the request: GKE Warden rejected the request because it violates one or more constraints.\nViolations details: {"[denied by autogke-disallow-privilege]":["container agent is privileged; not allowed in Autopilot"]}\nRequested by user: 'jane', groups: 'system:authenticated'.`;

test.each([
  ["a refusal", status(403, FORBIDDEN), `HTTP 403 ${FORBIDDEN}`],
  ["no credentials", status(401, "Unauthorized"), "HTTP 401 Unauthorized"],
  ["no credentials and no body", { status: 401 }, "HTTP 401 Unauthorized"],
  ["a body without words", { status: 401, body: "{}" }, "HTTP 401 Unauthorized"],
  ["another one's JSON", { status: 404, body: '{"error":"no route"}' }, 'HTTP 404 Not Found: {"error":"no route"}'],
  [
    "a web page",
    {
      status: 503,
      type: "text/html",
      body: "<html><head><title>Sorry,\n back soon</title></head><body><h1>x</h1></body>",
    },
    'HTTP 503 Service Unavailable (a web page titled "Sorry, back soon")',
  ],
  [
    "a web page without its type",
    { status: 502, type: "text/plain", body: "<!DOCTYPE html><p>x" },
    "HTTP 502 Bad Gateway (a web page)",
  ],
  [
    "a gateway's words",
    { status: 503, type: "text/plain", body: "no healthy\nupstream" },
    "HTTP 503 Service Unavailable: no healthy upstream",
  ],
  ["a gateway that says nothing", { status: 504 }, "HTTP 504 Gateway Timeout"],
  [
    "a way to a login",
    { status: 302, location: "https://login.shop.test/auth?state=s3cret" },
    "HTTP 302 Found: it sends us on to https://login.shop.test/auth; is that a login page?",
  ],
  [
    "a login page with status 200",
    { status: 200, type: "text/html; charset=utf-8", body: "<html><title>Sign in</title></html>" },
    "a web page titled \"Sign in\" came instead of the Kubernetes API's answer; is the server's address right, or does a login stand before it?",
  ],
  ["JSON of something else", { status: 200, body: '{"ok":true}' }, "what answers there is no Kubernetes API"],
])("%s is one sentence with the server's address", async (_what, what, words) => {
  const opening = open(what);
  await expect(opening).rejects.toThrow(EnvironmentError);
  await expect(opening).rejects.toThrow(
    new EnvironmentError(`the Kubernetes API at ${server.url} (context "c") does not serve us: ${words}`),
  );
});

test.each([
  ["Kyverno's", 400, KYVERNO],
  ["GKE Autopilot's", 403, AUTOPILOT],
])("%s refusal of several lines is told in full, on one", async (_whose, code, message) => {
  const cluster = await open(status(code, message), /daemonsets/);
  const refused = apply(cluster, {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", namespace: "shop" },
  });
  const error = await refused.catch((reason: unknown) => reason);
  const words = `HTTP ${code} ${message.trim().replace(/\s*\n\s*/g, " ")}`;
  expect(apiReason(error)).toBe(words);
  expect(reasonOf(error)).toBe(words);
});

test.each(["DaemonSet", "Service"])("a %s that is refused is so in words, whoever prints them", async (kind) => {
  const refusal = `${kind.toLowerCase()}s is forbidden: User "jane" cannot patch resource`;
  const cluster = await open(status(403, refusal), /daemonsets|services/);
  const apiVersion = kind === "Service" ? "v1" : "apps/v1";
  const error = await apply(cluster, { apiVersion, kind, metadata: { name: "x", namespace: "shop" } }).catch(
    (reason: unknown) => reason,
  );
  expect(reasonOf(error)).toBe(`HTTP 403 ${refusal}`);
});

test("every client of the kubeconfig has the words, and knows what is not there", async () => {
  const missing = 'daemonsets.apps "agent" not found';
  const cluster = await open(status(404, missing), /daemonsets|log|exec/);
  const at = { name: "agent", namespace: "shop" };
  const from = { namespace: "shop", pod: "agent", container: "main" };
  for (const ask of [
    () => cluster.kubeconfig.makeApiClient(AppsV1Api).readNamespacedDaemonSet(at),
    () =>
      KubernetesObjectApi.makeApiClient(cluster.kubeconfig).read({
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: at,
      }),
    () => readPodLog(cluster, from),
  ]) {
    const error = await ask().catch((reason: unknown) => reason);
    expect(apiReason(error)).toBe(`HTTP 404 ${missing}`);
    expect(isNotFound(error)).toBe(true);
  }
});

test("a secret that comes back in an answer is cut out", async () => {
  const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2ln";
  await expect(open(status(401, `invalid bearer token ${jwt}`))).rejects.toThrow(
    /HTTP 401 invalid bearer token \*\*\*$/,
  );
});

test("an answer that breaks off is one that does not come", async () => {
  await using broken = await api({
    answer(request, response) {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write('{"items":');
      request.socket.destroySoon();
    },
  });
  const file = files.write("config", kubeconfigText({ server: broken.url }));
  await expect(openCluster(loadKubeconfig(file, undefined))).rejects.toThrow(
    new RegExp(`127.0.0.1:${broken.port} broke the connection off`),
  );
});

test.each([
  ["https://127.0.0.1:1", /nothing listens at 127.0.0.1:1 \(connect ECONNREFUSED/],
  ["http://[::1]:1", /nothing listens at \[::1\]:1 \(|no way leads to \[::1\]:1 \(/],
  ["https://api.invalid:6443", /there is no host of the name api.invalid \(|the name api.invalid can't be looked up/],
])("no connection to %s is so in words", async (address, words) => {
  const file = files.write("config", kubeconfigText({ server: address }));
  await expect(openCluster(loadKubeconfig(file, undefined))).rejects.toThrow(words);
});

test("TLS with a server that speaks none is so in words", async () => {
  answered = { what: { status: 200 }, to: /./ };
  const file = files.write("config", kubeconfigText({ server: server.url.replace("http:", "https:") }));
  await expect(openCluster(loadKubeconfig(file, undefined))).rejects.toThrow(/127.0.0.1:\d+ does not speak TLS \(/);
});

test("an exec that is refused has the API's words", async () => {
  const refusal = 'pods "web" is forbidden: User "jane" cannot create resource "pods/exec"';
  await using refusing = await api({
    upgrades: false,
    answer(request, response) {
      const isExec = request.url?.includes("/exec");
      response.writeHead(isExec ? 403 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(isExec ? { message: refusal } : { items: [] }));
    },
  });
  const file = files.write("config", kubeconfigText({ server: refusing.url }));
  const cluster = await openCluster(loadKubeconfig(file, undefined));
  const running = execInPod(cluster, { namespace: "shop", pod: "web", container: "main" }, ["true"], {
    timeoutMs: 20_000,
  });
  await expect(running).rejects.toThrow(`exec of "true" in pod web: HTTP 403 ${refusal}`);
});
