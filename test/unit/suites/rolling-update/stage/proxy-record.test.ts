import { describe, expect, it } from "vitest";
import { parseSyncs } from "../../../../../suites/rolling-update/stage/paths/endpoints-sync.ts";
import { parseNginxLog } from "../../../../../suites/rolling-update/stage/paths/nginx-log.ts";
import { syncsSince } from "../../../../../suites/rolling-update/stage/paths/syncs.ts";

const NO_ENDPOINT = "127.0.0.1:8503";
const parse = (...lines: string[]) => parseNginxLog(lines, NO_ENDPOINT).records;

/** A line as NGINX 1.22.1 writes it with suites/rolling-update/manifests/paths/nginx/nginx.conf. */
function access(over: Record<string, string | number> = {}): string {
  const line = {
    connection: 15,
    id: "nginx-0-7",
    end: 1795533272.895,
    status: 200,
    address: "10.244.1.2:80",
    upstreamStatus: "200",
    connect: "0.001",
    header: "0.002",
    response: "0.003",
  };
  return JSON.stringify({ ...line, ...over });
}

function error(message: string, connection = 15, upstream = "http://10.244.1.2:80/"): string {
  return `2026/11/24 15:14:32 [error] 8#8: *${connection} ${message}, client: 10.10.0.12, server: , request: "GET /?q=, upstream: HTTP/1.1", upstream: "${upstream}", host: "web"`;
}

const REFUSED = "connect() failed (111: Connection refused) while connecting to upstream";
const failedTry = { status: 502, upstreamStatus: "502", connect: "-", header: "-", response: "0.001" };

describe("NGINX's log", () => {
  it("gives an answered request as it was", () => {
    expect(parse(access())).toEqual([
      {
        requestId: "nginx-0-7",
        endedAtUnixMs: 1795533272895,
        status: 200,
        upstreams: [{ address: "10.244.1.2:80", status: 200, connectMs: 1, responseMs: 3, error: null }],
      },
    ]);
  });

  it("leaves out what is not a request of ours, and NGINX's notices", () => {
    const notice = "2026/11/24 15:14:22 [notice] 1#1: start worker process 8";
    expect(parse(notice, access({ id: "" }))).toEqual([]);
  });

  it.each([
    [REFUSED, "connection refused"],
    ["recv() failed (104: Connection reset by peer) while reading response header from upstream", "connection reset"],
    ["writev() failed (32: Broken pipe) while sending request to upstream", "connection reset"],
    ["upstream prematurely closed connection while reading response header from upstream", "closed early"],
    ["connect() failed (113: No route to host) while connecting to upstream", "unreachable"],
    ["connect() failed (101: Network is unreachable) while connecting to upstream", "unreachable"],
    ["upstream timed out (110: Connection timed out) while connecting to upstream", "timed out"],
    ["upstream sent invalid header while reading response header from upstream", "failed"],
  ])("takes the reason of a failed try from the error line: %s", (message, reason) => {
    const [record] = parse(error(message), access(failedTry));
    expect(record?.status).toBe(502);
    // 502 is NGINX's own word for it, nothing that the upstream said.
    expect(record?.upstreams).toEqual([
      { address: "10.244.1.2:80", status: null, connectMs: null, responseMs: 1, error: reason },
    ]);
  });

  it("gives each of several tries its own reason, also where two went to one address", () => {
    const [record] = parse(
      error(REFUSED),
      error("upstream timed out (110: Connection timed out) while connecting to upstream", 15, "http://10.244.1.3:80/"),
      error("upstream prematurely closed connection while reading response header from upstream"),
      access({
        address: "10.244.1.2:80, 10.244.1.3:80, 10.244.1.2:80, 10.244.1.4:80",
        upstreamStatus: "502, 504, 502, 200",
        connect: "-, -, 0.000, 0.001",
        header: "-, -, -, 0.002",
        response: "0.000, 5.000, 0.010, 0.003",
      }),
    );
    expect(record?.upstreams.map((each) => [each.address, each.error ?? each.status, each.responseMs])).toEqual([
      ["10.244.1.2:80", "connection refused", 0],
      ["10.244.1.3:80", "timed out", 5000],
      ["10.244.1.2:80", "closed early", 10],
      ["10.244.1.4:80", 200, 3],
    ]);
  });

  it("keeps connections apart, and the requests of one connection", () => {
    const records = parse(
      error(REFUSED, 4),
      access({ connection: 3, id: "a" }),
      access({ connection: 4, id: "b", ...failedTry }),
      access({ connection: 4, id: "c" }),
    );
    expect(records.map((each) => [each.requestId, each.upstreams[0]?.error])).toEqual([
      ["a", null],
      ["b", "connection refused"],
      ["c", null],
    ]);
  });

  it("says failed where the reason is missing, and nothing of an upstream's own 502", () => {
    expect(parse(access(failedTry))[0]?.upstreams[0]).toMatchObject({ status: null, error: "failed" });
    const own = { status: 502, upstreamStatus: "502" };
    expect(parse(access(own))[0]?.upstreams[0]).toMatchObject({ status: 502, error: null });
  });

  it("keeps the status of an answer that was cut off", () => {
    const cut = error("upstream prematurely closed connection while reading upstream");
    expect(parse(cut, access())[0]?.upstreams[0]).toMatchObject({ status: 200, error: "closed early" });
  });

  it("leaves a try open that the client did not wait for", () => {
    const gone = { status: 499, upstreamStatus: "-", connect: "-", header: "-", response: "2.999" };
    const [record] = parse(access(gone));
    expect(record?.status).toBe(499);
    expect(record?.upstreams[0]).toMatchObject({ status: null, responseMs: 2999, error: null });
  });

  it("tells that there was no endpoint", () => {
    const none = access({ status: 503, address: NO_ENDPOINT, upstreamStatus: "503" });
    const nothing = { address: "", status: null, connectMs: null, responseMs: null, error: "no endpoint" };
    expect(parse(none)[0]).toMatchObject({ status: 503, upstreams: [nothing] });
    const allDown = error("no live upstreams while connecting to upstream", 15, "http://web/");
    const noLive = { ...failedTry, address: "web", response: "0.000" };
    expect(parse(allDown, access(noLive))[0]?.upstreams).toEqual([{ ...nothing, responseMs: 0 }]);
  });

  it("knows IPv6 upstreams", () => {
    const [record] = parse(
      error(REFUSED, 15, "http://[fd00::7]:80/"),
      access({ ...failedTry, address: "[fd00::7]:80" }),
    );
    expect(record?.upstreams[0]).toMatchObject({ address: "[fd00::7]:80", error: "connection refused" });
  });

  it("has no request that NGINX answered by itself tried anywhere", () => {
    const own = { status: 400, address: "", upstreamStatus: "", connect: "", header: "", response: "" };
    expect(parse(access(own))[0]?.upstreams).toEqual([]);
  });
});

describe("the sets that endpoints-sync had a proxy take", () => {
  const { syncs } = parseSyncs([
    '{"atUnixMs":1000.5,"addresses":["10.244.1.2:80"]}',
    "packetwalk-agent endpoints-sync: the API answered HTTP 403",
    '{"atUnixMs":5000,"addresses":[]}',
    '{"atUnixMs":9000,"addresses":["10.244.1.3:80"]}',
  ]);

  it("are those since an instant, with the one in force then", () => {
    expect(syncs).toHaveLength(3);
    expect(syncsSince(syncs, 6000).map((each) => each.atUnixMs)).toEqual([5000, 9000]);
    expect(syncsSince(syncs, 0)).toEqual(syncs);
    expect(syncsSince(syncs, 99_000).map((each) => each.atUnixMs)).toEqual([9000]);
  });
});
