import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defaultKubeconfig, loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { UsageError } from "../../../runner/errors.ts";
import { type Folder, folder, kubeconfigText } from "./servers/files.ts";

let files: Folder;
beforeEach(() => {
  files = folder();
});
afterEach(() => {
  files[Symbol.dispose]();
  vi.unstubAllEnvs();
});

const GOOD = `apiVersion: v1
kind: Config
clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t0ken}}]
contexts: [{name: one, context: {cluster: k, user: u}}]
current-context: one
`;
const LOCAL = { server: "https://127.0.0.1:1" };

test("a good file opens at its current context", () => {
  expect(loadKubeconfig(files.write("config", GOOD), undefined).getCurrentContext()).toBe("one");
});

test.each([
  ["broken YAML", "clusters: [\n  name: x\nusers: ]", undefined, /config, line \d+: .*; mend the file/],
  ["something else", "just text", undefined, /is not a kubeconfig: expected object, received string/],
  [
    "another kind of object",
    "kind: Pod\nmetadata: {name: x}",
    undefined,
    /is not a kubeconfig: kind: a kubeconfig is of kind/,
  ],
  ["an empty file", "", undefined, /is empty; name another one with --kubeconfig/],
  ["nothing but a comment", "# to be filled in\n", undefined, /is empty/],
  ["an empty document", "---\n", undefined, /is empty/],
  ["no contexts", "kind: Config\ncurrent-context: x\n", undefined, /has no context "x" \(it has no contexts\)/],
  ["a context that is not there", GOOD, "two", /has no context "two" \(it has: one\); choose one with --context/],
  ["no current context", GOOD.replace("current-context: one", ""), undefined, /has no current-context \(it has: one\)/],
  [
    "a cluster that is not there",
    GOOD.replace("name: k,", "name: z,"),
    undefined,
    /there is no cluster "k" \(there is: z\)/,
  ],
  ["a user that is not there", GOOD.replace("name: u,", "name: z,"), undefined, /there is no user "u" \(there is: z\)/],
  ["a cluster without server", kubeconfigText({}), undefined, /context "c": its cluster has no server address/],
  [
    "a server that is no address",
    kubeconfigText({ server: "https://" }),
    undefined,
    /its server is not an http:\/\/ or https:/,
  ],
  [
    "a token that is a number",
    kubeconfigText(LOCAL, { token: 1234567 }),
    undefined,
    /user "u": token: expected string/,
  ],
  [
    "two ways to log in",
    kubeconfigText(LOCAL, { token: "abcde", password: "x" }),
    undefined,
    /both a token and a password/,
  ],
  [
    "a CA that is none",
    kubeconfigText({ ...LOCAL, "certificate-authority-data": "bm9uZQ==" }),
    undefined,
    /cluster "k": its certificate-authority is not a certificate/,
  ],
  [
    "a CA file that is not there",
    kubeconfigText({ ...LOCAL, "certificate-authority": "ca.crt" }),
    undefined,
    /its certificate-authority .*ca.crt can't be read \(ENOENT\)/,
  ],
  [
    "a certificate without key",
    kubeconfigText(LOCAL, { "client-certificate-data": "bm9uZQ==" }),
    undefined,
    /its client-certificate has no client-key/,
  ],
  [
    "a tokenFile that is not there",
    kubeconfigText(LOCAL, { tokenFile: "t" }),
    undefined,
    /the tokenFile .*t of user "u" of kubeconfig .* can't be read \(ENOENT\)/,
  ],
  [
    "gcp's auth-provider",
    kubeconfigText(LOCAL, { "auth-provider": { name: "gcp" } }),
    undefined,
    /auth-provider "gcp".*gke-gcloud-auth-plugin/,
  ],
  [
    "azure's auth-provider",
    kubeconfigText(LOCAL, { "auth-provider": { name: "azure" } }),
    undefined,
    /auth-provider "azure".*kubelogin/,
  ],
  [
    "an auth-provider that nobody knows",
    kubeconfigText(LOCAL, { "auth-provider": { name: "own" } }),
    undefined,
    /auth-provider "own"/,
  ],
  [
    "an exec plugin of an old version",
    kubeconfigText(LOCAL, { exec: { apiVersion: "client.authentication.k8s.io/v1alpha1", command: "x" } }),
    undefined,
    /apiVersion client.authentication.k8s.io\/v1alpha1; /,
  ],
  [
    "an exec plugin without command",
    kubeconfigText(LOCAL, { exec: { apiVersion: "client.authentication.k8s.io/v1" } }),
    undefined,
    /has no command/,
  ],
  [
    "groups without a user",
    kubeconfigText(LOCAL, { "as-groups": ["admins"] }),
    undefined,
    /as-groups or as-user-extra without as/,
  ],
  [
    "a proxy that is no address",
    kubeconfigText({ ...LOCAL, "proxy-url": "proxy" }),
    undefined,
    /its proxy-url is not an address/,
  ],
  ["a proxy of an unknown kind", kubeconfigText({ ...LOCAL, "proxy-url": "ftp://proxy" }), undefined, /kind ftp:\/\//],
])("%s: one sentence that names the file", (_name, text, context, sentence) => {
  const path = files.write("config", text);
  const load = () => loadKubeconfig(path, context);
  expect(load).toThrow(UsageError);
  expect(load).toThrow(sentence);
  expect(load).toThrow(path);
});

test("what can't be read is named with the reason", () => {
  const load = (path: string) => () => loadKubeconfig(path, undefined);
  expect(load("/nonexistent/config")).toThrow(/\/nonexistent\/config does not exist; name one with --kubeconfig/);
  expect(load(files.path)).toThrow(/is a folder; name the file in it/);
  expect(load("")).toThrow(UsageError);
});

test.each([
  ["a line break within", "first-half\nsecond-half", /has a line break within/],
  ["a carriage return within", "first-half\rsecond-half", /has a line break within/],
  ["letters of no token", "first-half-\u00fcber-second", /characters that no token has/],
])("a token with %s is refused without being shown", (_what, token, sentence) => {
  const path = files.write("config", kubeconfigText(LOCAL, { token }));
  const load = () => loadKubeconfig(path, undefined);
  expect(load).toThrow(sentence);
  expect(load).not.toThrow(/half/);
});

test("broken YAML around a secret does not show it", () => {
  const text = `users:\n- name: u\n  user:\n    token: "s3cret-value" and-more-of-it\n`;
  const load = () => loadKubeconfig(files.write("config", text), undefined);
  expect(load).toThrow(UsageError);
  expect(load).not.toThrow(/s3cret|and-more/);
  const alias = files.write("alias", "users:\n- name: u\n  user: {token: *s3cret-value}\n");
  expect(() => loadKubeconfig(alias, undefined)).toThrow(UsageError);
  expect(() => loadKubeconfig(alias, undefined)).not.toThrow(/s3cret/);
});

test("only what the chosen context needs has to be in order", () => {
  const text = GOOD.replace(
    "users: [",
    "users: [{name: broken, user: {token: 5}}, {name: gone, user: {auth-provider: {name: gcp}}}, ",
  );
  expect(loadKubeconfig(files.write("config", text), undefined).getCurrentContext()).toBe("one");
});

test("anchors and merge keys are read", () => {
  const text = `
contexts: [{name: one, context: {cluster: k, user: u}}]
current-context: one
x-shared: &shared {insecure-skip-tls-verify: true}
clusters: [{name: k, cluster: {<<: *shared, server: "https://10.0.0.1:6443"}}]
users: [{name: u, user: null}]
`;
  expect(loadKubeconfig(files.write("config", text), undefined).getCurrentCluster()?.server).toBe(
    "https://10.0.0.1:6443",
  );
});

const context = (name: string, cluster = name) => ({ name, context: { cluster, user: "u" } });
const partial = (parts: object) => JSON.stringify({ apiVersion: "v1", kind: "Config", ...parts });
const cluster = (name: string, server: string) => ({ name, cluster: { server } });

test("of several files the first that has a name counts, and the first current-context", () => {
  const a = files.write("a", partial({ contexts: [context("one")], clusters: [cluster("one", "https://a:1")] }));
  const b = files.write(
    "b",
    partial({
      "current-context": "two",
      contexts: [context("two"), context("one", "two")],
      clusters: [cluster("two", "https://b:2"), cluster("one", "https://b:1")],
      users: [{ name: "u" }],
    }),
  );
  const c = files.write("c", partial({ "current-context": "one" }));
  const load = (wanted: string | undefined, ...list: string[]) =>
    loadKubeconfig(list, wanted).getCurrentCluster()?.server;
  expect(load(undefined, a, b, c)).toBe("https://b:2");
  expect(load("one", a, b, c)).toBe("https://a:1");
  expect(load("one", b, a, c)).toBe("https://b:2");
  expect(load(undefined, c, a, b)).toBe("https://a:1");
});

test("of several files those that are missing or empty are passed over", () => {
  const missing = join(files.path, "missing");
  const empty = files.write("empty", "");
  const good = files.write("good", GOOD);
  expect(loadKubeconfig([missing, empty, good], undefined).getCurrentContext()).toBe("one");
  expect(() => loadKubeconfig([missing, empty], undefined)).toThrow(`kubeconfig ${empty} is empty`);
  expect(() => loadKubeconfig([missing], undefined)).toThrow(`kubeconfig ${missing} does not exist`);
  expect(() => loadKubeconfig([good, files.path], undefined)).toThrow(`kubeconfig ${files.path} is a folder`);
});

test("paths start from the file in which they stand", async () => {
  files.write("elsewhere/secrets/token", "from-elsewhere\n");
  const user = { name: "u", user: { tokenFile: "secrets/token" } };
  const elsewhere = files.write("elsewhere/config", partial({ users: [user] }));
  const here = files.write(
    "here",
    partial({ "current-context": "one", contexts: [context("one")], clusters: [cluster("one", "https://a:1")] }),
  );
  const options: { headers?: unknown } = {};
  await loadKubeconfig([here, elsewhere], undefined).applyToHTTPSOptions(options as never);
  expect(options.headers).toMatchObject({ Authorization: "Bearer from-elsewhere" });
});

test("KUBECONFIG's files come before the one in the home folder", () => {
  const home = files.write(".kube/config", GOOD);
  vi.stubEnv("HOME", files.path);
  vi.stubEnv("KUBECONFIG", "");
  expect(defaultKubeconfig()).toEqual([home]);
  vi.stubEnv("KUBECONFIG", `:${home}:/nonexistent:${home}`);
  expect(defaultKubeconfig()).toEqual([home, "/nonexistent"]);
  vi.stubEnv("KUBECONFIG", "/nonexistent:/neither");
  expect(defaultKubeconfig).toThrow("there is no kubeconfig at /nonexistent and /neither (KUBECONFIG)");
  vi.stubEnv("KUBECONFIG", "");
  vi.stubEnv("HOME", join(files.path, "nobody"));
  expect(defaultKubeconfig).toThrow(`there is no kubeconfig at ${join(files.path, "nobody/.kube/config")}`);
});
