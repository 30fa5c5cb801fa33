import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { unseenWords } from "../../../../../suites/rolling-update/report/words.ts";
import { parseSyncs } from "../../../../../suites/rolling-update/stage/paths/endpoints-sync.ts";
import { parseEnvoyLog } from "../../../../../suites/rolling-update/stage/paths/envoy-log.ts";
import { parseIngressNginxLog } from "../../../../../suites/rolling-update/stage/paths/ingress-nginx-log.ts";
import { parseNginxLog } from "../../../../../suites/rolling-update/stage/paths/nginx-log.ts";
import { skippedLines } from "../../../../../suites/rolling-update/stage/paths/parsed-log.ts";
import { syncLog } from "../../../../../suites/rolling-update/stage/paths/syncs.ts";
import { parseTraefikLog } from "../../../../../suites/rolling-update/stage/paths/traefik-log.ts";
import { parseTraefikSyncs } from "../../../../../suites/rolling-update/stage/paths/traefik-syncs.ts";

function fixture(name: string): string[] {
  return readFileSync(new URL(`../../../../fixtures/${name}.txt`, import.meta.url), "utf8").split("\n");
}

/** What a web application firewall writes to the same output. */
const AUDIT = '{"transaction":{"id":"abc","response":{"status":200}}}';
const HOST = "gateway-traefik.packetwalk.test";
const POD = { container: "envoy", pod: "eg-1" };

describe("Envoy's log with lines of others in it", () => {
  it("gives the requests whose lines are whole, and tells of the one that another was written into", () => {
    const { records, skipped } = parseEnvoyLog(fixture("cases/envoy-gateway-interleaved"));
    expect(records).toMatchObject([{ requestId: "gateway-eg-0-1", status: 200, upstreams: [{ status: 200 }] }]);
    expect(skipped).toEqual({ garbled: 1, foreign: 0 });
    expect(skippedLines(POD, skipped).map(unseenWords)).toEqual([
      "in the log of envoy in pod eg-1 1 line can't be read: what was said of requests there is lost",
    ]);
  });

  it("passes over whole lines of others between them, and tells", () => {
    const own = "[2026-09-01 10:00:00.000][1][warning][main] [source/server/server.cc:936] caution";
    const lines = fixture("proxy-logs/envoy");
    const mixed = [own, ...lines.flatMap((line) => [line, AUDIT])];
    expect(parseEnvoyLog(mixed).records).toEqual(parseEnvoyLog(lines).records);
    expect(parseEnvoyLog(mixed).skipped).toEqual({ garbled: 0, foreign: lines.length });
  });

  it("loses no more than the request of a line whose head was cut off", () => {
    const lines = fixture("proxy-logs/envoy");
    const cut = lines.findIndex((line) => line.includes('"envoy-sidecar-0-2"') && line.includes("code_details"));
    const torn = lines.map((line, index) => (index === cut ? line.slice(40) : line));
    expect(parseEnvoyLog(torn).records.map(({ requestId }) => requestId)).not.toContain("envoy-sidecar-0-2");
    expect(parseEnvoyLog(torn).records).toHaveLength(parseEnvoyLog(lines).records.length - 1);
    expect(parseEnvoyLog(torn).skipped).toEqual({ garbled: 1, foreign: 0 });
  });

  it("tells nothing where nothing was passed over", () => {
    expect(skippedLines(POD, parseEnvoyLog(fixture("proxy-logs/envoy")).skipped)).toEqual([]);
  });
});

describe("NGINX's log with lines of others in it", () => {
  const access = (id: string, status: number, header: string) =>
    JSON.stringify({
      connection: 4,
      id,
      end: 1795533272.895,
      status,
      address: "10.244.1.2:80",
      upstreamStatus: String(status),
      connect: "0.001",
      header,
      response: "0.003",
    });
  const refused =
    '2026/11/24 15:14:32 [error] 8#8: *4 connect() failed (111: Connection refused) while connecting to upstream, client: 10.10.0.12, server: , request: "GET / HTTP/1.1", upstream: "http://10.244.1.2:80/", host: "web"';

  it("does not give a garbled request's error to the next one of its connection", () => {
    const garbled = access("nginx-0-1", 502, "-").slice(0, 60);
    const { records, skipped } = parseNginxLog([refused, garbled, access("nginx-0-2", 200, "0.002")], "-");
    expect(records).toMatchObject([{ requestId: "nginx-0-2", upstreams: [{ status: 200, error: null }] }]);
    expect(skipped).toEqual({ garbled: 1, foreign: 0 });
  });

  it("does not even where the connection's number is lost", () => {
    const garbled = access("nginx-0-1", 502, "-").slice(30);
    const { records } = parseNginxLog([refused, garbled, access("nginx-0-2", 200, "0.002")], "-");
    expect(records[0]?.upstreams).toMatchObject([{ status: 200, error: null }]);
  });

  it("reads on past lines of others", () => {
    const { records, skipped } = parseNginxLog([AUDIT, access("nginx-0-2", 200, "0.002"), "segfault at 0"], "-");
    expect(records).toHaveLength(1);
    expect(skipped).toEqual({ garbled: 0, foreign: 2 });
  });
});

describe("Traefik's log with lines of others in it", () => {
  it("does not give a garbled request's error to the next one that failed at its upstream", () => {
    const lines = fixture("proxy-logs/traefik");
    const [ok = "", reset = "", resetAccess = "", , refusedAccess = ""] = lines;
    const garbled = resetAccess.replace('"StartUTC"', `${AUDIT}"StartUTC"`);
    const { records, skipped } = parseTraefikLog([ok, reset, garbled, refusedAccess], HOST);
    expect(records.map(({ requestId, upstreams }) => [requestId, upstreams[0]?.error])).toEqual([
      ["ingress-traefik-0-1", null],
      ["gateway-traefik-0-236", "failed"],
    ]);
    expect(skipped).toEqual({ garbled: 1, foreign: 0 });
  });

  it("counts no line of its own among those of others", () => {
    expect(parseTraefikLog(fixture("proxy-logs/traefik"), HOST).skipped).toEqual({ garbled: 0, foreign: 0 });
    expect(
      parseTraefikLog(
        fixture("proxy-logs/traefik-configurations").map((line) => line.slice(31)),
        HOST,
      ).skipped,
    ).toEqual({
      garbled: 0,
      foreign: 0,
    });
    expect(parseTraefikLog([AUDIT, "panic: oops"], HOST).skipped).toEqual({ garbled: 0, foreign: 2 });
  });
});

describe("ingress-nginx's log with lines of others in it", () => {
  const lines = fixture("proxy-logs/ingress-nginx");

  it("passes over an audit line, and tells of a request's line that was cut", () => {
    const at = "2026-11-24T15:32:10.600000000Z";
    const klog = `${at} I1124 15:32:10.600000       7 controller.go:213] "Backend successfully reloaded"`;
    const cut = (lines[0] ?? "").slice(0, 120);
    const { records, skipped } = parseIngressNginxLog([`${at} ${AUDIT}`, klog, cut, ...lines], "packetwalk");
    expect(records).toEqual(parseIngressNginxLog(lines, "packetwalk").records);
    expect(skipped).toEqual({ garbled: 1, foreign: 1 });
  });

  it("counts no line of its own", () => {
    expect(parseIngressNginxLog(lines, "packetwalk").skipped).toEqual({ garbled: 0, foreign: 0 });
  });
});

describe("a line about endpoints that can't be read", () => {
  const sync = (atUnixMs: number, ...addresses: string[]) => JSON.stringify({ atUnixMs, addresses });
  const lines = [sync(1_000, "10.244.1.2:80"), sync(5_000, "10.244.1.3:80").slice(0, 20), sync(9_000, "10.244.1.4:80")];

  it("leaves open which were in force until the next one", () => {
    const known = syncLog(parseSyncs(lines), POD, 9_500);
    expect(known).toEqual({ syncs: [{ atUnixMs: 9_000, addresses: ["10.244.1.4:80"] }], unseen: [] });
    const open = syncLog(parseSyncs(lines), POD, 6_000);
    expect(open.syncs).toBeNull();
    expect(open.unseen.map(unseenWords)).toEqual([
      "in the log of envoy in pod eg-1 1 line about endpoints can't be read: which ones the proxy led to is not known",
    ]);
  });

  it("is told of Traefik's configurations as well", () => {
    const configurations = fixture("proxy-logs/traefik-configurations").filter((line) => line !== "");
    const torn = configurations.map((line, index) => (index === 1 ? line.replace('"services":', "") : line));
    const host = "gateway-traefik.packetwalk.test";
    expect(parseTraefikSyncs(torn, host)).toMatchObject({ garbled: 1, syncs: [{ addresses: ["10.244.1.6:80"] }] });
    expect(parseTraefikSyncs(configurations, host)).toMatchObject({ garbled: 0 });
  });
});
