import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packetwalk, type RunOptions } from "../../support/packetwalk.ts";
import { type Folder, folder, kubeconfigText } from "../../unit/cluster/servers/files.ts";
import { plugin, withPlugin } from "../cluster/plugin.ts";

let files: Folder;
let server: Server;
let address: string;
let heard: () => void;
const sockets = new Set<Socket>();

beforeEach(async () => {
  files = folder();
  heard = () => {};
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => heard());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
  files[Symbol.dispose]();
});

async function compare(args: readonly string[], { env = {}, ...options }: RunOptions = {}) {
  const state = { XDG_STATE_HOME: join(files.path, "state"), ...env };
  const out = ["--out", join(files.path, "out")];
  const ran = await packetwalk(["compare", "connection-flood", ...args, ...out], { env: state, ...options });
  // A clone compiles what was edited, and says so first.
  return { ...ran, stderr: ran.stderr.replace(/^packetwalk: compiling .*\n/, "") };
}

test("an API that never answers, over http or https: exit 5 with its address, and the command ends", async () => {
  const askOver = async (scheme: string) => {
    const config = files.write(scheme, kubeconfigText({ server: `${scheme}://${address}` }));
    const ran = await compare(["--kubeconfig", config]);
    expect(ran.stderr).toBe(
      `packetwalk: the Kubernetes API at ${scheme}://${address} (context "c") does not serve us: ${address} gave no answer within 15 s\n`,
    );
    expect(ran.code).toBe(5);
  };
  await Promise.all([askOver("http"), askOver("https")]);
});

test("Ctrl-C while an API does not answer ends the command", async () => {
  const config = files.write("config", kubeconfigText({ server: `http://${address}` }));
  let pid = 0;
  heard = () => process.kill(pid, "SIGINT");
  const ran = await compare(["--kubeconfig", config], {
    onStart: (started) => {
      pid = started;
    },
  });
  expect(ran).toMatchObject({ code: 130, signal: null });
  expect(ran.stderr).toMatch(/interrupted\n$/);
});

test("SIGTERM while a plugin waits for its user ends both; its prompt was seen", async () => {
  const exec = plugin(files, 'echo $$ > "$(dirname "$0")/pid"\nprintf "Code: " >&2\nexec sleep 600');
  const config = withPlugin(files, { server: `https://${address}` }, exec);
  const ran = await compare(["--kubeconfig", config], {
    onProgress: (pid, stderr) => stderr.endsWith("Code: ") && process.kill(pid, "SIGTERM"),
  });
  expect(ran).toMatchObject({ code: 130, signal: null });
  expect(ran.stderr).toMatch(/^Code: /);
});

test("a plugin that fails: exit 5 with its words, and they are seen as they come", async () => {
  const exec = plugin(files, 'echo "no session for jane" >&2\nexit 7', { installHint: "run login" });
  const config = withPlugin(files, { server: `https://${address}` }, exec);
  const ran = await compare(["--kubeconfig", config]);
  expect(ran.stderr).toMatch(
    /^no session for jane\npacketwalk: .* failed with exit code 7: no session for jane; run login\n$/,
  );
  expect(ran.code).toBe(5);
});

test("KUBECONFIG's files are merged, and --context chooses among them", async () => {
  const named = (name: string) =>
    kubeconfigText({ server: `http://${name}.invalid` }).replaceAll("name: c\n", `name: ${name}\n`);
  const env = { KUBECONFIG: ["missing", files.write("a", named("alpha")), files.write("b", named("beta"))].join(":") };
  const ran = await compare(["--context", "gamma"], { env });
  expect(ran.stderr).toMatch(/has no context "gamma" \(it has: alpha, beta\); choose one with --context NAME\n$/);
  expect(ran.code).toBe(4);
});

test.each([
  ["an empty file", "", /config is empty; name another one with --kubeconfig FILE\n$/],
  [
    "a token with a line break",
    kubeconfigText({ server: "https://127.0.0.1:1" }, { token: "s3cret\ntoken" }),
    /the token of user "u" .* has a line break within/,
  ],
])("%s: exit 4 and one sentence", async (_what, text, sentence) => {
  const ran = await compare(["--kubeconfig", files.write("config", text)]);
  expect(ran.stderr).toMatch(sentence);
  expect(ran.stderr.split("\n")).toHaveLength(2);
  expect(ran.stderr).not.toMatch(/s3cret/);
  expect(ran.code).toBe(4);
});

test("a folder for a kubeconfig: exit 4 and its name", async () => {
  const ran = await compare(["--kubeconfig", files.path]);
  expect(ran).toMatchObject({
    code: 4,
    stderr: `packetwalk: kubeconfig ${files.path} is a folder; name the file in it with --kubeconfig FILE\n`,
  });
});
