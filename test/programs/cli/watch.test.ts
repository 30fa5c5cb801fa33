/** `--watch` of the real command: its page is there while it runs, for this machine alone, and ends with it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PageView } from "../../../reports/live/page-view.ts";
import { packetwalk, type Ran } from "../../support/packetwalk.ts";

const BIN = fileURLToPath(new URL("../../../bin/packetwalk", import.meta.url));

const NO_PORT = join(import.meta.dirname, "fixtures", "no-port.mjs");

let folder: string;
let kubeconfig: string;
/** An API server that takes every connection, and answers nobody. */
let silent: Server;
const held = new Set<Socket>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-watch-"));
  silent = createServer((socket) => {
    held.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  kubeconfig = join(folder, "silent.yaml");
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const document = {
    ...{ apiVersion: "v1", kind: "Config", "current-context": "silent" },
    clusters: [{ name: "silent", cluster: { server } }],
    contexts: [{ name: "silent", context: { cluster: "silent", user: "nobody" } }],
    users: [{ name: "nobody", user: {} }],
  };
  writeFileSync(kubeconfig, JSON.stringify(document));
});
afterAll(() => {
  for (const socket of held) socket.destroy();
  silent.close();
  rmSync(folder, { recursive: true, force: true });
});

const args = (command: string) => [
  ...[command, "connection-flood", "--quick", "--watch", "--kubeconfig", kubeconfig],
  ...["--out", join(folder, command)],
];
const env = () => ({ XDG_STATE_HOME: join(folder, "state") });

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly policy: unknown;
  readonly body: Promise<string>;
}

function ask(url: string, { method = "GET", host }: { method?: string; host?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: host === undefined ? {} : { host } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      const body = new Promise<string>((ended, broken) => {
        response.on("end", () => ended(text));
        response.on("error", broken);
      });
      const { statusCode: status, headers } = response;
      resolve({ status, type: headers["content-type"], policy: headers["content-security-policy"], body });
    });
    asked.on("error", reject);
    asked.end();
  });
}

function viewsIn(stream: string): PageView[] {
  return [...stream.matchAll(/^event: view\ndata: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
}

describe.each(["compare", "run"])("%s --watch", (command) => {
  test("serves its page on loopback while it runs, to nobody else, and ends with it", async () => {
    let url = "";
    let stream: Promise<string> | undefined;
    let looked: Promise<void> | undefined;
    const ran: Ran = await packetwalk(args(command), {
      env: env(),
      onProgress(pid, stderr) {
        const [, found] = /Live at (http:\/\/127\.0\.0\.1:\d+\/)\n/.exec(stderr) ?? [];
        if (found === undefined || looked) return;
        url = found;
        looked = (async () => {
          const page = await ask(url);
          expect([page.status, page.type]).toEqual([200, "text/html; charset=utf-8"]);
          expect(page.policy).toMatch(/^default-src 'none';/);
          expect(await page.body).toContain('<h1 id="title">');
          expect((await ask(url, { host: "elsewhere.example" })).status).toBe(403);
          expect((await ask(url, { method: "POST" })).status).toBe(405);
          expect((await ask(`${url}result.json`)).status).toBe(404);
          const events = await ask(`${url}events`);
          expect(events.type).toBe("text/event-stream");
          stream = events.body;
          await new Promise((resolve) => setTimeout(resolve, 1_500));
        })().finally(() => process.kill(pid, "SIGINT"));
      },
    });
    await looked;
    expect(ran.code, ran.stderr).toBe(130);
    const views = viewsIn((await stream) ?? "");
    expect(views[0]).toMatchObject({ title: "connection-flood", verdict: "none yet (not final)", over: null });
    expect(views.at(-1)).toMatchObject({
      over: "It ended before any suite had a result: the command itself says why.",
    });
    await expect(ask(url)).rejects.toThrow("ECONNREFUSED");
  });

  test("says in one sentence that nothing can listen, before anything is begun", async () => {
    // A network namespace of its own, in which the only port is taken.
    const ran = await execa("unshare", ["--net", process.execPath, NO_PORT, BIN, ...args(command)], {
      env: env(),
      reject: false,
    });
    expect(ran.stderr).toBe(
      "packetwalk: --watch: no page can be served on 127.0.0.1: listen EADDRINUSE: address already in use 127.0.0.1; leave --watch out, or free a port",
    );
    expect([ran.exitCode, ran.stdout]).toEqual([5, ""]);
  });

  test("takes no value", async () => {
    const ran = await packetwalk([command, "connection-flood", "--watch=8080"], { env: env() });
    expect([ran.code, ran.stderr]).toEqual([4, expect.stringContaining("--watch=8080")]);
  });
});
