import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { answeringTls, misbehaving, type RunningServer } from "./servers.ts";
import { saturate, trace } from "./worker.ts";

const running: RunningServer[] = [];
let address = "";
let certificate = "";

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "packetwalk-node-worker-"));
  const [keyFile, certificateFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  await execa("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", "/CN=web.test", "-addext", "subjectAltName=DNS:web.test", "-keyout", keyFile, "-out", certificateFile],
  ]);
  certificate = await readFile(certificateFile, "utf8");
  const server = await answeringTls({ key: await readFile(keyFile, "utf8"), cert: certificate });
  await rm(folder, { recursive: true });
  running.push(server);
  address = server.address;
});
afterAll(async () => {
  for (const server of running) await server.close();
});

test("a certificate is checked for the server's name", async () => {
  const trusted = { ca: certificate, serverName: "web.test" };
  const good = await trace("", { targets: [{ name: "web", address, tls: trusted }] });
  expect(good.report.outcomes).toEqual({ ok: 40 });
  const handshakes = new HistogramSum();
  handshakes.add(good.report.histograms.tls);
  expect(handshakes.count).toBe(40);
  for (const { con, tls, req } of good.timelines)
    expect([con, tls, req]).toEqual([con, tls, req].map(Number).sort((a, b) => a - b));

  const otherName = await trace("", {
    targets: [{ name: "web", address, tls: { ...trusted, serverName: "other.test" } }],
  });
  expect(otherName.report.outcomes).toEqual({ ok: 0, tls: 40 });
  expect(otherName.timelines[0]?.err?.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  const untrusted = await trace("", { targets: [{ name: "web", address, tls: { serverName: "web.test" } }] });
  expect(untrusted.report.outcomes).toEqual({ ok: 0, tls: 40 });
  const unchecked = await trace("", { targets: [{ name: "web", address, tls: { verify: false } }], closeWith: "rst" });
  expect(unchecked.report.outcomes).toEqual({ ok: 40 });
});

test("a server that does not speak TLS, or says nothing in time, is tls", async () => {
  for (const how of ["speaksNonsense", "closesWithoutReply", "resets", "saysNothing"] as const) {
    const server = await misbehaving(how);
    running.push(server);
    const timeoutMs = how === "saysNothing" ? 1_200 : 10_000;
    const tls = { verify: false };
    const { report } = await trace("", { targets: [{ name: "web", address: server.address, tls }], timeoutMs });
    expect(report.outcomes).toEqual({ ok: 0, tls: 40 });
    const closed = await saturate("", { target: { address: server.address, tls }, timeoutMs, durationMs: 50 });
    expect(closed.outcomes).toEqual({ ok: 0, tls: closed.scheduled });
  }
});

test("autocannon's client over TLS", async () => {
  const { outcomes, scheduled, histograms } = await saturate("", { target: { address, tls: { verify: false } } });
  expect(outcomes).toEqual({ ok: scheduled });
  const handshakes = new HistogramSum();
  handshakes.add(histograms.tls);
  expect(handshakes.count).toBe(5);
});
