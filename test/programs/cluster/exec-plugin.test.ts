import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { type Api, type ApiOptions, api } from "../../unit/cluster/servers/api.ts";
import { base64, CA, pair } from "../../unit/cluster/servers/certificates.ts";
import { type Folder, folder } from "../../unit/cluster/servers/files.ts";
import { handsOut, plugin, V1, withPlugin } from "./plugin.ts";

let files: Folder;
let server: Api;
/** What the API answers to whoever has a token that is not listed here. */
let revoked: string[];
const COUNT = 'echo run >> "$(dirname "$0")/runs"';

beforeEach(async () => {
  files = folder();
  revoked = [];
  const answer: ApiOptions["answer"] = ({ headers }, response) => {
    const isRefused = revoked.includes(headers.authorization ?? "");
    response.writeHead(isRefused ? 401 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(isRefused ? { message: "Unauthorized" } : { items: [] }));
  };
  server = await api({ certificate: "server", answer });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  files[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

function open(script: string, entry: object = {}, cluster: object = {}, signal?: AbortSignal): Promise<Cluster> {
  const reached = { server: server.url, "certificate-authority-data": base64(CA), ...cluster };
  const file = withPlugin(files, reached, plugin(files, script, entry));
  return openCluster(loadKubeconfig(file, undefined, signal), signal);
}

const sent = () => server.asked.map(({ headers }) => headers.authorization);
const runs = () => readFileSync(join(files.path, "bin/runs"), "utf8").split("\n").length - 1;

test.each([V1, "client.authentication.k8s.io/v1beta1"])(
  "a plugin of %s hands out a token, for requests and websockets",
  async (version) => {
    const cluster = await open(`${COUNT}\n${handsOut({ token: "plug-token" }, version)}`, {
      apiVersion: version,
      interactiveMode: null,
    });
    await execInPod(cluster, { namespace: "shop", pod: "web", container: "main" }, ["true"], { timeoutMs: 20_000 });
    expect(sent()).toEqual(["Bearer plug-token", "Bearer plug-token"]);
    expect(runs()).toBe(1);
  },
);

test("a plugin is told of the cluster where it is to be, and not where it is not", async () => {
  const cluster = {
    "tls-server-name": "kubernetes",
    "proxy-url": null,
    extensions: [
      { name: "other", extension: { no: true } },
      { name: "client.authentication.k8s.io/exec", extension: { audience: "shop" } },
    ],
  };
  const script = `printf %s "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"\n${handsOut({ token: "plug-token" })}`;
  const info = () => JSON.parse(readFileSync(join(files.path, "bin/info"), "utf8"));
  await open(script, { provideClusterInfo: true }, cluster);
  expect(info()).toEqual({
    kind: "ExecCredential",
    apiVersion: V1,
    spec: {
      interactive: false,
      cluster: {
        server: server.url,
        "tls-server-name": "kubernetes",
        "certificate-authority-data": base64(CA),
        config: { audience: "shop" },
      },
    },
  });
  await open(script, {}, cluster);
  expect(info().spec).toEqual({ interactive: false });
});

test("a plugin has its arguments and environment beside ours", async () => {
  vi.stubEnv("OURS", "ours");
  const script = `printf '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"%s-%s-%s"}}' "$1" "$OWN" "$OURS"`;
  await open(script, { args: ["argument"], env: [{ name: "OWN", value: "own" }] });
  expect(sent()).toEqual(["Bearer argument-own-ours"]);
});

test("a plugin without a path is looked for in the PATH", async () => {
  files.write("bin/own-plugin", `#!/bin/sh\n${handsOut({ token: "from-path" })}\n`, 0o755);
  vi.stubEnv("PATH", `${join(files.path, "bin")}:${process.env.PATH}`);
  await open("exit 1", { command: "own-plugin" });
  expect(sent()).toEqual(["Bearer from-path"]);
});

test("a plugin's certificate is shown to the server", async () => {
  const { cert, key } = pair("client");
  await open(handsOut({ clientCertificateData: cert, clientKeyData: key }));
  expect(server.asked[0]?.client).toBe("jane");
});

test("what a plugin handed out is used until it expires, and by several at a time", async () => {
  const good = await open(`${COUNT}\n${handsOut({ token: "good", expirationTimestamp: "2100-01-01T00:00:00Z" })}`);
  await Promise.all([good.core.listNode(), good.core.listNode()]);
  expect(runs()).toBe(1);
  const expired = await open(`${COUNT}\n${handsOut({ token: "good", expirationTimestamp: "2020-01-01T00:00:00Z" })}`);
  await expired.core.listNode();
  expect(runs()).toBe(3);
});

test("a token that was accepted and is refused now is asked for anew, once", async () => {
  const script = `${COUNT}\nn=$(wc -l < "$(dirname "$0")/runs" | tr -d ' ')\nprintf '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"token-%s"}}' "$n"`;
  const cluster = await open(script);
  revoked.push("Bearer token-1");
  await cluster.core.listNode();
  expect(sent()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  revoked.push("Bearer token-2", "Bearer token-3");
  await expect(cluster.core.listNode()).rejects.toThrow("HTTP 401 Unauthorized");
  expect(runs()).toBe(3);
});

test("one that is refused from the beginning is not asked for again", async () => {
  revoked.push("Bearer bad-token");
  await expect(open(`${COUNT}\n${handsOut({ token: "bad-token" })}`)).rejects.toThrow("HTTP 401 Unauthorized");
  expect(runs()).toBe(1);
});

test.each([
  [
    "fails",
    'echo "session of jane\n has expired" >&2; exit 3',
    /failed with exit code 3: session of jane has expired; log in first$/,
  ],
  ["says nothing", "exit 1", /failed with exit code 1: it said nothing; log in first$/],
  ["is killed", "kill -9 $$", /was ended by SIGKILL: it said nothing/],
  ["prints no credentials", "echo s3cret-words", /printed something other than credentials: expected object/],
  ["prints broken JSON", `echo '{"token": s3cret'`, /printed something other than credentials/],
  [
    "prints no status",
    `echo '{"apiVersion":"${V1}","kind":"ExecCredential"}'`,
    /something other than credentials: status: expected object/,
  ],
  [
    "answers in another version",
    handsOut({ token: "s3cret-token" }, "client.authentication.k8s.io/v1beta1"),
    /is to speak .*\/v1, and answered in .*\/v1beta1/,
  ],
  ["hands out nothing", handsOut({}), /handed out neither a token nor a certificate/],
  ["hands out half a pair", handsOut({ clientCertificateData: "s3cret" }), /a certificate without its key/],
  [
    "hands out a pair that is none",
    handsOut({ clientCertificateData: "s3cret", clientKeyData: "s3cret" }),
    /a certificate or key that can't be read/,
  ],
  ["hands out a line break", handsOut({ token: "s3cret\nmore" }), /has a line break within/],
])("a plugin that %s: its words, and no secret", async (_what, script, words) => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const opening = open(script, { installHint: "log in\n first" });
  await expect(opening).rejects.toThrow(words);
  await expect(opening).rejects.not.toThrow(/s3cret/);
  // What it says itself is seen at once.
  expect(write.mock.calls.join("").includes("session of jane")).toBe(script.includes("session of jane"));
});

test("a plugin that is not installed: so said, with the hint", async () => {
  const opening = open("", { command: "no-such-plugin", installHint: "install it from\nyour package manager" });
  await expect(opening).rejects.toThrow(
    /the exec plugin no-such-plugin of user "u" of kubeconfig .*config is not installed here; install it from your package manager$/,
  );
  await expect(opening).rejects.toThrow(EnvironmentError);
});

test("a plugin that has to ask something can't without a terminal", async () => {
  await expect(open(handsOut({ token: "plug-token" }), { interactiveMode: "Always" })).rejects.toThrow(
    /wants to ask something, and standard input is not a terminal/,
  );
});

test("a plugin that hangs ends with the signal", async () => {
  const stop = new AbortController();
  const script = `${COUNT}\nexec sleep 600`;
  const opening = open(script, {}, {}, stop.signal);
  const stopped = expect(opening).rejects.toThrow("enough");
  await vi.waitUntil(
    () => {
      try {
        return runs() === 1;
      } catch {
        return false;
      }
    },
    { timeout: 20_000 },
  );
  stop.abort(new Error("enough"));
  await stopped;
});
