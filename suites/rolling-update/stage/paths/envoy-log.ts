import { z } from "zod";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import type { ProxyRecord, UpstreamTry } from "../../analysis/proxy-record.ts";
import type { UpstreamError } from "../../result/reasons.ts";
import type { ParsedLog } from "./parsed-log.ts";
import { upstreamErrorOf } from "./upstream-error.ts";

/** Envoy writes numbers as such or as text, and null or "-" for what there is not. */
const text = z
  .union([z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => (value === undefined || value === null || value === "-" ? "" : String(value)));

/** What lines of both kinds have. */
const Line = z.object({
  start_time: z.string(),
  duration: text.describe("ms"),
  response_code: text,
  response_flags: text,
  response_code_details: text,
  upstream_transport_failure_reason: text,
  "x-request-id": text,
  upstream_host: text,
});
type Line = z.infer<typeof Line>;

/** A try, as the router of our own sidecar logs each (suites/rolling-update/manifests/paths/envoy-sidecar). */
const TryLine = Line.extend({ log: z.literal("try") });

/** A request, with the names of Envoy Gateway's default format. */
const AccessLine = Line.extend({ "x-envoy-upstream-service-time": text.describe("ms") });

/** It answered nothing, because the client had gone: as NGINX and Traefik have it. */
const CLIENT_CLOSED_REQUEST = 499;

/** What Envoy says of itself: "[2026-11-24 15:23:42.421][1][info][main] …". */
const OWN_WORDS = /^(\[|$)/;

/**
 * Reads Envoy's JSON log of requests and, if it has one, of tries, which stand before their request. Without, the last
 * try is all there is to know. Requests without an X-Request-Id are not ours, and left out.
 */
export function parseEnvoyLog(lines: Iterable<string>): ParsedLog {
  const records: ProxyRecord[] = [];
  const skipped = { garbled: 0, foreign: 0 };
  const tries = new Map<string, UpstreamTry[]>();
  for (const line of lines) {
    const read = readJsonLine(line);
    if (read.kind === "garbled") skipped.garbled += 1;
    else if (read.kind === "text" && !OWN_WORDS.test(line)) skipped.foreign += 1;
    if (read.kind !== "document") continue;
    const tried = TryLine.safeParse(read.document);
    if (tried.success) {
      const id = tried.data["x-request-id"];
      tries.set(id, [...(tries.get(id) ?? []), tryOf(tried.data, milliseconds(tried.data.duration))]);
      continue;
    }
    const access = AccessLine.safeParse(read.document);
    if (!access.success) {
      skipped.foreign += 1;
      continue;
    }
    const { data } = access;
    const id = data["x-request-id"];
    const known = tries.get(id) ?? [tryOf(data, milliseconds(data["x-envoy-upstream-service-time"]))];
    tries.delete(id);
    if (id === "") continue;
    records.push({
      requestId: id,
      endedAtUnixMs: Date.parse(data.start_time) + Number(data.duration),
      status: Number(data.response_code) || CLIENT_CLOSED_REQUEST,
      upstreams: known,
    });
  }
  return { records, skipped };
}

function tryOf(line: Line, responseMs: number | null): UpstreamTry {
  const error = errorOf(line);
  const status = error === null ? Number(line.response_code) || null : null;
  return { address: line.upstream_host, status, connectMs: null, responseMs, error };
}

/** By response flags (envoyproxy.io, "Access logging"): what Envoy answers in an upstream's place has one. */
function errorOf(line: Line): UpstreamError | null {
  const flags = line.response_flags.split(",");
  const has = (...wanted: string[]) => wanted.some((flag) => flags.includes(flag));
  // No healthy host, no cluster, no route.
  if (has("UH", "NC", "NR")) return "no endpoint";
  if (has("UT")) return "timed out";
  // Connecting failed; the connection was closed, or reset, which Envoy does not tell apart; HTTP/2 reset the stream.
  if (has("UF", "UC", "UR")) {
    const error = upstreamErrorOf(`${line.upstream_transport_failure_reason} ${line.response_code_details}`);
    return error === "failed" && has("UC") ? "closed early" : error;
  }
  // Nothing had come back when the client gave up.
  if (has("DC") || Number(line.response_code) === 0) return "timed out";
  return null;
}

function milliseconds(value: string): number | null {
  return value === "" ? null : Number(value);
}
