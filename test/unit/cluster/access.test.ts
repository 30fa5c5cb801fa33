import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inCluster, isInCluster } from "../../../runner/cluster/access/in-cluster.ts";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { type Api, type ApiOptions, type Asked, api } from "./servers/api.ts";
import { base64, CA, pair } from "./servers/certificates.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";
import { httpProxy, socksProxy } from "./servers/proxy.ts";

const AT = { namespace: "shop", pod: "web", container: "main" };

let files: Folder;
beforeEach(() => {
  files = folder();
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, "");
    vi.stubEnv(name.toLowerCase(), "");
  }
});
afterEach(() => {
  files[Symbol.dispose]();
  vi.unstubAllEnvs();
});

const open = (cluster: object, user: object = {}) =>
  openCluster(loadKubeconfig(files.write("config", kubeconfigText(cluster, user)), undefined));

/** What the server was asked with first, when this user opened it over TLS. */
async function askedBy(user: object, cluster: object = {}, options: ApiOptions = {}): Promise<Asked | undefined> {
  await using server = await api({ certificate: "server", ...options });
  await open({ server: server.url, "certificate-authority-data": base64(CA), ...cluster }, user);
  return server.asked[0];
}

const authorizationOf = async (user: object) => (await askedBy(user))?.headers.authorization;

test.each([
  ["as it is", "t0ken"],
  ["with a final line break", "t0ken\n"],
  ["within spaces and a Windows line break", "  t0ken\r\n"],
])("a token %s is sent trimmed", async (_what, token) => {
  expect(await authorizationOf({ token })).toBe("Bearer t0ken");
});

test("name and password are sent", async () => {
  expect(await authorizationOf({ username: "jane", password: "pass:word" })).toBe(`Basic ${base64("jane:pass:word")}`);
});

test("nobody in particular is nobody", async () => {
  expect(await authorizationOf({})).toBeUndefined();
});

test("a token comes from its file, trimmed, and anew when that changes", async () => {
  await using server = await api({ certificate: "server" });
  const token = files.write("secrets/token", "first-token\n");
  const user = { tokenFile: "secrets/token", token: "not-this-one" };
  const cluster = await open({ server: server.url, "certificate-authority-data": base64(CA) }, user);
  writeFileSync(token, "second-token\r\n");
  await cluster.core.listNamespace();
  // While a new one is being written.
  writeFileSync(token, "");
  await cluster.core.listNamespace();
  const sent = server.asked.map(({ headers }) => headers.authorization);
  expect(sent).toEqual(["Bearer first-token", "Bearer second-token", "Bearer second-token"]);
});

test("an empty tokenFile is named", () => {
  files.write("token", " \n");
  const path = files.write("config", kubeconfigText({ server: "https://127.0.0.1:1" }, { tokenFile: "token" }));
  expect(() => loadKubeconfig(path, undefined)).toThrow(/the tokenFile .*token of user "u" of kubeconfig .* is empty/);
});

test("whom one acts for is said, groups one by one", async () => {
  const asked = await askedBy({
    token: "t0ken",
    as: "jane",
    "as-uid": "7",
    "as-groups": ["shop", "admins"],
    "as-user-extra": { "acme.com/project": ["one"] },
  });
  expect(asked?.headers).toMatchObject({
    authorization: "Bearer t0ken",
    "impersonate-user": "jane",
    "impersonate-uid": "7",
    "impersonate-group": "shop, admins",
    "impersonate-extra-acme.com%2fproject": "one",
  });
});

test("a client certificate is shown, from data and from files", async () => {
  const { cert, key } = pair("client");
  const data = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
  expect(await askedBy(data)).toMatchObject({ client: "jane" });
  files.write("pki/jane.crt", cert);
  files.write("pki/jane.key", key);
  const paths = { "client-certificate": "pki/jane.crt", "client-key": "pki/jane.key", token: "t0ken" };
  expect(await askedBy(paths)).toMatchObject({ client: "jane", headers: { authorization: "Bearer t0ken" } });
});

test("the server's certificate is asked for by tls-server-name", async () => {
  expect(await askedBy({}, { "tls-server-name": "kubernetes" })).toMatchObject({ serverName: "kubernetes" });
  const other = askedBy({}, { "tls-server-name": "api.shop.test" }, { certificate: "other-names" });
  expect(await other).toMatchObject({ serverName: "api.shop.test" });
});

test("a CA is read from its file too, and from what the machine trusts where there is none", async () => {
  const file = files.write("ca.crt", CA);
  expect(await askedBy({}, { "certificate-authority": "ca.crt", "certificate-authority-data": null })).toBeDefined();
  vi.stubEnv("SSL_CERT_FILE", file);
  expect(await askedBy({}, { "certificate-authority-data": null })).toBeDefined();
});

test.each([
  [
    "unknown-ca",
    { "certificate-authority-data": null },
    "server",
    /the certificate of 127.0.0.1:\d+ is of a CA that is not trusted; check certificate-authority-data/,
  ],
  ["expired", {}, "expired", /the certificate of 127.0.0.1:\d+ has expired, or this machine's clock is wrong/],
  [
    "for other names",
    {},
    "other-names",
    /is for other names; if that is right, give tls-server-name .*IP: 127.0.0.1 is not in the cert's list/,
  ],
] as const)(
  "a certificate that is %s is refused in words, unless nothing is to be checked",
  async (_what, cluster, certificate, words) => {
    await expect(askedBy({}, cluster, { certificate })).rejects.toThrow(words);
    const unchecked = { "insecure-skip-tls-verify": true, "certificate-authority-data": null };
    expect(await askedBy({}, unchecked, { certificate })).toBeDefined();
  },
);

test.each([
  ["with its scheme", (url: string) => url],
  ["without", (url: string) => url.replace("http://", "")],
  ["with a final slash", (url: string) => `${url}/`],
])("plain HTTP as of kubectl proxy works, given %s, and nobody's credentials are sent so", async (_what, written) => {
  await using server = await api();
  const user = { token: "t0ken", as: "jane", exec: { apiVersion: "none", command: "/nonexistent" } };
  const cluster = await open({ server: written(server.url) }, user);
  expect(await execInPod(cluster, AT, ["true"], { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0 });
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  expect(server.asked.map(({ url }) => url.split("?")[0])).toEqual([
    "/api/v1/nodes",
    "/api/v1/namespaces/shop/pods/web/exec",
  ]);
});

test("a path before the API's own is kept", async () => {
  await using server = await api({ certificate: "server" });
  const url = `${server.url}/k8s/clusters/c-1/`;
  const cluster = await open({ server: url, "certificate-authority-data": base64(CA) }, { token: "t0ken" });
  await execInPod(cluster, AT, ["true"], { timeoutMs: 20_000 });
  expect(server.asked.map((asked) => asked.url.split("?")[0])).toEqual([
    "/k8s/clusters/c-1/api/v1/nodes",
    "/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web/exec",
  ]);
});

/** Both ways of an API that stands at a name which only a proxy knows. */
async function throughProxy(server: Api, entry: object): Promise<void> {
  const address = server.url.replace("127.0.0.1", "api.shop.test");
  const tls = server.url.startsWith("https")
    ? { "certificate-authority-data": base64(CA), "tls-server-name": "kubernetes" }
    : {};
  const cluster = await open({ server: address, ...tls, ...entry }, { token: "t0ken" });
  expect(await execInPod(cluster, AT, ["true"], { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0 });
  expect(server.asked.map(({ url }) => url.split("?")[0])).toEqual([
    "/api/v1/nodes",
    "/api/v1/namespaces/shop/pods/web/exec",
  ]);
}

test.each([
  ["https", "server"],
  ["http", undefined],
] as const)("requests and websockets go through proxy-url to %s", async (_scheme, certificate) => {
  await using server = await api(certificate ? { certificate } : {});
  await using proxy = await httpProxy();
  vi.stubEnv("NO_PROXY", "*"); // is not for it
  await throughProxy(server, { "proxy-url": proxy.url.replace("//", "//jane:p%40ss@") });
  expect(new Set(proxy.ledTo)).toEqual(new Set([`api.shop.test:${server.port}`]));
  expect(proxy.headers[0]?.["proxy-authorization"]).toBe(`Basic ${base64("jane:p@ss")}`);
});

test.each(["HTTPS_PROXY", "https_proxy"])("requests and websockets go through %s", async (name) => {
  await using server = await api({ certificate: "server" });
  await using proxy = await httpProxy();
  vi.stubEnv(name, proxy.url.replace("http://", ""));
  await throughProxy(server, {});
  expect(new Set(proxy.ledTo)).toEqual(new Set([`api.shop.test:${server.port}`]));
});

test("requests and websockets go through a SOCKS proxy, which looks the name up", async () => {
  await using server = await api({ certificate: "server" });
  await using proxy = await socksProxy();
  await throughProxy(server, { "proxy-url": proxy.url });
  expect(new Set(proxy.ledTo)).toEqual(new Set([`api.shop.test:${server.port}`]));
});

test.each([407, 503])("a proxy that answers %d is named, and its password is not", async (status) => {
  await using proxy = await httpProxy(status);
  const opening = open({
    server: "https://api.shop.test:6443",
    "proxy-url": proxy.url.replace("//", "//jane:s3cret-pass@"),
  });
  const words = `the proxy ${proxy.url} does not lead to api.shop.test:6443: HTTP ${status}`;
  await expect(opening).rejects.toThrow(words);
  await expect(opening).rejects.not.toThrow(/s3cret/);
});

test("a proxy that is not there is named", async () => {
  const opening = open({ server: "https://api.shop.test", "proxy-url": "http://127.0.0.1:1" });
  await expect(opening).rejects.toThrow(
    /the proxy http:\/\/127.0.0.1:1 does not lead to api.shop.test:443: connect ECONNREFUSED/,
  );
});

test("a pod's service account is a kubeconfig of its own", () => {
  files.write("token", "t0ken");
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  expect(isInCluster(env, files.path)).toBe(true);
  expect(isInCluster({}, files.path)).toBe(false);
  expect(isInCluster(env, "/nonexistent")).toBe(false);
  const { currentContext, clusters, users } = inCluster(env, files.path);
  expect(currentContext).toBe("in-cluster");
  expect(clusters.get("in-cluster")).toMatchObject({ folder: files.path, entry: { server: "https://[fd00::1]:443" } });
  expect(users.get("in-cluster")?.entry).toEqual({ tokenFile: "token" });
});
