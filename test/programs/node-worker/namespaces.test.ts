import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";

const FIXTURE = fileURLToPath(new URL("fixtures/in-own-namespaces.ts", import.meta.url));

type Scenarios = Record<string, { outcomes: Record<string, number>; tcp: Record<string, number>; first: unknown }>;

describe.skipIf(process.getuid?.() !== 0)("failures that need a network namespace", () => {
  let scenarios: Scenarios = {};

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "packetwalk-node-worker-"));
    try {
      const ran = await execa(
        "unshare",
        ["--net", "--mount", "--propagation", "private", process.execPath, "--import", "tsx", FIXTURE, folder],
        { timeout: 50_000 },
      );
      scenarios = JSON.parse(ran.stdout);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  test.each([
    ["a name", { ok: 40 }],
    ["SERVFAIL", { ok: 0, "dns-servfail": 40 }],
    ["no such name", { ok: 0, "dns-servfail": 40 }],
    ["a resolver that is silent", { ok: 0, "dns-timeout": 2 }],
    ["time up during a look-up", { ok: 0, "dns-timeout": 2 }],
    ["no route", { ok: 0, unreachable: 40 }],
    ["a black hole", { ok: 0, "connect-timeout": 40 }],
    ["a black hole, autocannon", { ok: 0, "connect-timeout": 5 }],
    ["ten ports", { ok: 0, "response-timeout": 10, "port-exhausted": 30 }],
  ])("%s", (name, outcomes) => {
    expect(scenarios[name]?.outcomes).toEqual(outcomes);
  });

  test("autocannon's look-ups", () => {
    expect(Object.keys(scenarios["SERVFAIL, autocannon"]?.outcomes ?? {})).toEqual(["ok", "dns-servfail"]);
    expect(scenarios["SERVFAIL, autocannon"]?.outcomes.ok).toBe(0);
    expect(Object.keys(scenarios["a name, autocannon"]?.outcomes ?? {})).toEqual(["ok"]);
    expect(scenarios["a name, autocannon"]?.outcomes.ok).toBeGreaterThan(0);
  });

  test("the timeline of a request to a name has its look-up", () => {
    expect(scenarios["a name"]?.first).toMatchObject({ dns: expect.any(Number), ip: "127.0.0.1", st: 200 });
    expect(scenarios["no such name"]?.first).toMatchObject({ err: { code: "ENOTFOUND", syscall: "getaddrinfo" } });
  });

  test("the kernel's counters are those of the run: lost SYNs, and TIME_WAIT only where the client closed with FIN", () => {
    expect(scenarios["closed with RST"]?.tcp.timeWaitAfter).toBe(0);
    // The last ones may still wait for the server's FIN.
    expect(scenarios["closed with FIN"]?.tcp.timeWaitAfter).toBeGreaterThan(20);
    expect(scenarios["a black hole"]?.tcp.synRetrans).toBeGreaterThanOrEqual(40);
  });
});
