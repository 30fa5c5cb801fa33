/** The script by which pods get their programs, run by this machine's shell against a real server. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { FETCHED_WITHIN_MS } from "../../../runner/load/load.ts";

const SCRIPT = readFileSync(fileURLToPath(new URL("../../../runner/delivery/fetch.sh", import.meta.url)), "utf8");
const PROGRAM = '#!/bin/sh\necho "I ran with" "$@"\n';
const ARCH = process.arch === "x64" ? "amd64" : process.arch;

let folder: string;
let server: Server;
let url: string;
/** What the server has, by path. */
const served = new Map<string, string>();
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-fetch-"));
  served.clear();
  asked = [];
  server = createServer((request, response) => {
    const path = request.url?.slice(1) ?? "";
    asked.push(path);
    const text = served.get(path);
    response.writeHead(text === undefined ? 404 : 200).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const fetch = (...args: string[]) => execa("sh", ["-c", SCRIPT, "fetch", url, folder, ...args], { reject: false });

test("what is fetched is what was sent, can be run, and nothing else is left", async () => {
  const sum = sha256(PROGRAM);
  served.set(sum, PROGRAM);
  const ran = await fetch(
    `agent=other:${"0".repeat(64)},${ARCH}:${sum}`,
    "--",
    join(folder, "agent"),
    "one",
    "two words",
  );
  expect(ran).toMatchObject({ exitCode: 0, stdout: "I ran with one two words" });
  expect(readdirSync(folder)).toEqual(["agent"]);
  expect(statSync(join(folder, "agent")).mode & 0o777).toBe(0o755);
});

test("what is there already is not fetched again", async () => {
  const sum = sha256(PROGRAM);
  writeFileSync(join(folder, "agent"), PROGRAM);
  chmodSync(join(folder, "agent"), 0o755);
  expect(await fetch(`agent=${ARCH}:${sum}`, "--", join(folder, "agent"))).toMatchObject({ stdout: "I ran with" });
  expect(asked).toEqual([]);
});

test("another program under its name is never run", async () => {
  const sum = sha256(PROGRAM);
  served.set(sum, `${PROGRAM}echo and more\n`);
  const ran = await fetch(`agent=${ARCH}:${sum}`, "--", join(folder, "agent"));
  expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
  expect(ran.stderr).toMatch(
    /^agent from packetwalk's depot at \S+ is not what it should be \(SHA-256 is not [0-9a-f]{64}\)$/,
  );
  expect(existsSync(join(folder, "agent"))).toBe(false);
});

test("an architecture for which there is none is named", async () => {
  const ran = await fetch(`agent=mips:${"0".repeat(64)}`, "--", "true");
  expect(ran).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^packetwalk has no agent for a node with \w+$/),
  });
  expect(asked).toEqual([]);
});

test("it waits for a depot that does not have it yet", async () => {
  const sum = sha256(PROGRAM);
  const running = fetch(`agent=${ARCH}:${sum}`, "--", join(folder, "agent"));
  await waitFor("the first question", async () => (asked.length > 0 ? true : undefined), { timeoutMs: 120_000 });
  served.set(sum, PROGRAM);
  expect(await running).toMatchObject({ exitCode: 0, stdout: "I ran with" });
});

test("where not a byte comes it gives up while whoever waits for the pod still listens, and says so", async () => {
  await using silent = createNetServer((socket) => socket.on("error", () => undefined).resume()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const began = performance.now();
  const ran = await fetch(`agent=${ARCH}:${"0".repeat(64)}`, "--", "true");
  expect(ran).toMatchObject({
    exitCode: 1,
    stderr: `agent can't be fetched from packetwalk's depot at ${url}: is there a way from this pod to that one?`,
  });
  expect(performance.now() - began).toBeLessThan(FETCHED_WITHIN_MS);
}, 120_000);

test("wget is asked for nothing that not every BusyBox has: Debian's has no timeout of its own", () => {
  const asked = SCRIPT.match(/wget( -\S+)+/g)?.map((words) => words.match(/ -\S+/g)?.map((word) => word.trim()));
  expect(asked).toEqual([["-q", "-O"]]);
});
