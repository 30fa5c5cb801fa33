import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ProxyRecord } from "../../../../../suites/rolling-update/analysis/proxy-record.ts";
import { parseEnvoyLog } from "../../../../../suites/rolling-update/stage/paths/envoy-log.ts";
import { parseIngressNginxLog } from "../../../../../suites/rolling-update/stage/paths/ingress-nginx-log.ts";
import { parseTraefikLog } from "../../../../../suites/rolling-update/stage/paths/traefik-log.ts";
import { parseTraefikSyncs, saysTraefikSyncs } from "../../../../../suites/rolling-update/stage/paths/traefik-syncs.ts";
import { upstreamErrorOf } from "../../../../../suites/rolling-update/stage/paths/upstream-error.ts";

/** What the programs themselves wrote: Traefik 3.7 and Envoy 1.40 in a lab, NGINX 1.22 with ingress-nginx's log format. */
function fixture(name: string): string[] {
  return readFileSync(new URL(`../../../../fixtures/proxy-logs/${name}.txt`, import.meta.url), "utf8").split("\n");
}

const brief = ({ requestId, status, upstreams }: ProxyRecord) => [
  requestId,
  status,
  ...upstreams.map((each) => `${each.address} ${each.error ?? each.status}`),
];

const HOST = "gateway-traefik.packetwalk.test";

describe("Traefik's log", () => {
  it("gives each request's upstream, and what went wrong from the line before", () => {
    expect(parseTraefikLog(fixture("traefik"), HOST).records.map(brief)).toEqual([
      ["ingress-traefik-0-1", 200, "10.244.1.6:80 200"],
      ["gateway-traefik-0-227", 502, "10.244.1.7:80 connection reset"],
      ["gateway-traefik-0-236", 502, "10.244.1.7:80 connection refused"],
      ["gateway-traefik-0-443", 502, "10.244.2.5:80 closed early"],
      ["gateway-traefik-0-467", 502, "10.244.2.5:80 unreachable"],
      ["gateway-traefik-0-461", 499, "10.244.2.5:80 timed out"],
    ]);
  });

  it("dates a request by its start and its length", () => {
    expect(parseTraefikLog(fixture("traefik"), HOST).records[0]).toMatchObject({
      endedAtUnixMs: Date.parse("2026-11-24T15:23:42.421Z") + 4,
      upstreams: [{ responseMs: 2 }],
    });
  });

  it("knows no reason without level DEBUG, and no endpoint by the missing upstream", () => {
    const access = fixture("traefik").filter((line) => line.includes("DownstreamStatus"));
    expect(parseTraefikLog(access, HOST).records.map(brief)[2]).toEqual([
      "gateway-traefik-0-236",
      502,
      "10.244.1.7:80 failed",
    ]);
    const unavailable = { StartUTC: "2026-11-24T15:23:42Z", Duration: 1e6, DownstreamStatus: 503 };
    const line = JSON.stringify({ ...unavailable, "request_X-Request-Id": "ingress-traefik-0-2" });
    expect(parseTraefikLog([line], HOST).records.map(brief)).toEqual([["ingress-traefik-0-2", 503, " no endpoint"]]);
  });

  it("gives an error to the request of its upstream, where several end at once", () => {
    const lines = fixture("traefik");
    const [ok = "", reset = "", resetAccess = "", refused = "", refusedAccess = "", , , unreachable = "", gone = ""] =
      lines;
    const mixed = [ok, unreachable, refused, gone, reset, refusedAccess, resetAccess];
    expect(parseTraefikLog(mixed, HOST).records.map(brief).slice(1)).toEqual([
      ["gateway-traefik-0-467", 502, "10.244.2.5:80 unreachable"],
      // Two to one upstream: in the order of the errors.
      ["gateway-traefik-0-236", 502, "10.244.1.7:80 connection refused"],
      ["gateway-traefik-0-227", 502, "10.244.1.7:80 connection reset"],
    ]);
  });

  it("leaves out what is not ours, and lines that are none of its", () => {
    const foreign = {
      StartUTC: "2026-11-24T15:23:42Z",
      Duration: 1,
      DownstreamStatus: 200,
      ServiceAddr: "10.0.0.1:80",
    };
    expect(parseTraefikLog(["{broken", "I1124 text", JSON.stringify(foreign)], HOST).records).toEqual([]);
  });

  it("leaves out requests that another namespace's run sent to a host of its own, whose ids are the same", () => {
    const request = {
      StartUTC: "2026-11-24T15:23:42Z",
      Duration: 1,
      DownstreamStatus: 200,
      ServiceAddr: "10.0.0.1:80",
    };
    const lines = [HOST, "gateway-traefik.other.test"].map((RequestHost) =>
      JSON.stringify({ ...request, RequestHost, OriginStatus: 200, "request_X-Request-Id": "gateway-traefik-0-1" }),
    );
    expect(parseTraefikLog(lines, HOST).records.map(brief)).toEqual([["gateway-traefik-0-1", 200, "10.0.0.1:80 200"]]);
    expect(parseTraefikLog(lines, "gateway-traefik.third.test").records).toEqual([]);
  });
});

describe("Traefik's configurations", () => {
  const lines = fixture("traefik-configurations");

  it("give each host's endpoints, from the instant of the kubelet's stamp", () => {
    expect(parseTraefikSyncs(lines, "gateway-traefik.packetwalk.test").syncs).toEqual([
      { atUnixMs: Date.parse("2026-11-24T15:36:12.200Z"), addresses: ["10.244.1.6:80", "10.244.2.3:80"] },
      { atUnixMs: Date.parse("2026-11-24T15:36:14.400Z"), addresses: ["10.244.1.6:80"] },
    ]);
    // Here the pod that is terminating has been fenced before it goes.
    expect(parseTraefikSyncs(lines, "ingress-traefik.packetwalk.test").syncs).toEqual([
      { atUnixMs: Date.parse("2026-11-24T15:36:12.100Z"), addresses: ["10.244.1.6:80"] },
    ]);
    expect(parseTraefikSyncs(lines, "other.packetwalk.test").syncs).toEqual([]);
  });

  it("are known to be told or not", () => {
    expect(saysTraefikSyncs(lines)).toBe(true);
    expect(saysTraefikSyncs(fixture("traefik"))).toBe(false);
  });
});

describe("Envoy's log", () => {
  it("gives each try with its host and reason", () => {
    expect(parseEnvoyLog(fixture("envoy")).records.map(brief)).toEqual([
      ["envoy-sidecar-0-1", 200, "127.0.0.1:18089 connection refused", "127.0.0.1:18081 200"],
      ["envoy-sidecar-0-2", 200, "127.0.0.1:18089 connection refused", "127.0.0.1:18081 200"],
      [
        "envoy-sidecar-0-3",
        503,
        "127.0.0.1:18089 connection refused",
        "127.0.0.1:18081 connection refused",
        "127.0.0.1:18081 connection refused",
      ],
      ["envoy-sidecar-0-4", 503, "127.0.0.1:18082 closed early"],
      ["envoy-sidecar-0-5", 503, "127.0.0.1:18082 closed early"],
      ["envoy-sidecar-0-6", 503, " no endpoint"],
    ]);
  });

  it("gives the last try where tries are not logged, as in Envoy Gateway's default, whose values are text", () => {
    const access = fixture("envoy").filter((line) => line.includes("response_code_details"));
    expect(parseEnvoyLog(access).records.map(brief)[2]).toEqual([
      "envoy-sidecar-0-3",
      503,
      "127.0.0.1:18081 connection refused",
    ]);
    const texts = access.map((line) =>
      JSON.stringify(
        Object.fromEntries(Object.entries(JSON.parse(line)).map(([key, value]) => [key, String(value ?? "-")])),
      ),
    );
    expect(parseEnvoyLog(texts)).toEqual(parseEnvoyLog(access));
  });
});

describe("ingress-nginx's log", () => {
  it("gives each try with its address, and its reason from the error log", () => {
    expect(parseIngressNginxLog(fixture("ingress-nginx"), "packetwalk").records.map(brief)).toEqual([
      ["ingress-nginx-0-1", 200, "127.0.0.1:18091 200"],
      [
        "ingress-nginx-0-2",
        200,
        "127.0.0.2:18089 connection refused",
        "127.0.0.3:18089 connection refused",
        "127.0.0.1:18091 200",
      ],
      ["ingress-nginx-0-3", 200, "127.0.0.3:18089 connection refused", "127.0.0.1:18091 200"],
      ["ingress-nginx-0-4", 200, "127.0.0.2:18089 connection refused", "127.0.0.1:18091 200"],
      ["ingress-nginx-0-8", 502, "127.0.0.3:18089 connection refused"],
      ["ingress-nginx-0-9", 503, " no endpoint"],
    ]);
  });

  it("leaves out requests to another namespace's Service", () => {
    expect(parseIngressNginxLog(fixture("ingress-nginx"), "packetwalk-b").records).toEqual([]);
  });

  it("dates a request by the kubelet's stamp", () => {
    const [first] = parseIngressNginxLog(fixture("ingress-nginx"), "packetwalk").records;
    expect(first?.endedAtUnixMs).toBe(Date.parse("2026-11-24T15:32:10.592Z"));
  });

  it("finds the reason also where the error log comes a little later than the access log", () => {
    const lines = fixture("ingress-nginx").filter((line) => line.includes("/dead"));
    expect(parseIngressNginxLog([...lines].reverse(), "packetwalk").records.map(brief)).toEqual([
      ["ingress-nginx-0-8", 502, "127.0.0.3:18089 connection refused"],
    ]);
    // An error of another time is not this request's.
    const [error = "", access = ""] = lines;
    const earlier = error.replace("15:32:10.6", "15:32:09.6");
    expect(parseIngressNginxLog([earlier, access], "packetwalk").records.map(brief)).toEqual([
      ["ingress-nginx-0-8", 502, "127.0.0.3:18089 failed"],
    ]);
  });
});

describe("words for a failed try", () => {
  it.each([
    ["dial tcp 10.0.0.1:80: connect: connection refused", "connection refused"],
    ["delayed_connect_error:_Connection_refused", "connection refused"],
    ["recv() failed (104: Connection reset by peer) while reading response header from upstream", "connection reset"],
    ["upstream_reset_before_response_started{connection_termination}", "closed early"],
    ["upstream prematurely closed connection while reading response header from upstream", "closed early"],
    ["upstream timed out (110: Connection timed out) while connecting to upstream", "timed out"],
    ["dial tcp 10.0.0.1:80: i/o timeout", "timed out"],
    ["connect() failed (113: No route to host) while connecting to upstream", "unreachable"],
    ["no live upstreams while connecting to upstream", "no endpoint"],
    ["something else", "failed"],
  ])("%s", (words, error) => {
    expect(upstreamErrorOf(words)).toBe(error);
  });
});
