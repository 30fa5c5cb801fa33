import { z } from "zod";
import type { ProxyRecord, UpstreamError, UpstreamTry } from "./proxy-record.ts";
import { upstreamErrorOf } from "./upstream-error.ts";

/** Envoy writes numbers as such or as text, and null or "-" for what there is not. */
const text = z
  .union([z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => (value === undefined || value === null || value === "-" ? "" : String(value)));

/**
 * An access log line as Envoy Gateway has it by default. Our own sidecar's has the same names (manifests/paths/envoy),
 * and one more.
 */
const AccessLine = z.object({
  start_time: z.string(),
  duration: text.describe("ms"),
  response_code: text,
  response_flags: text,
  response_code_details: text,
  upstream_transport_failure_reason: text,
  "x-envoy-upstream-service-time": text.describe("ms"),
  "x-request-id": text,
  upstream_host: text,
  /** Each host that was tried, in order. */
  upstream_hosts_attempted: text,
});
type AccessLine = z.infer<typeof AccessLine>;

/** Reads Envoy's JSON access log. Requests without an X-Request-Id are not ours, and left out. */
export function parseEnvoyLog(lines: Iterable<string>): ProxyRecord[] {
  const records: ProxyRecord[] = [];
  for (const line of lines) {
    if (!line.startsWith("{")) continue;
    const access = AccessLine.safeParse(JSON.parse(line));
    if (access.success && access.data["x-request-id"] !== "") records.push(recordOf(access.data));
  }
  return records;
}

function recordOf(line: AccessLine): ProxyRecord {
  return {
    requestId: line["x-request-id"],
    endedAtUnixMs: Date.parse(line.start_time) + Number(line.duration),
    // Envoy has 0 where the client had gone.
    status: Number(line.response_code) || 499,
    upstreams: triesOf(line),
  };
}

function triesOf(line: AccessLine): UpstreamTry[] {
  const attempted = line.upstream_hosts_attempted.split(",").filter((host) => host !== "");
  const hosts = attempted.length > 0 ? attempted : [line.upstream_host];
  const error = errorOf(line);
  const last = hosts.length - 1;
  // Of those before the last one, Envoy says no more than that it went on to the next.
  return hosts.map((address, index) =>
    index < last
      ? { address, status: null, connectMs: null, responseMs: null, error: "failed" }
      : {
          address,
          status: error === null ? Number(line.response_code) : null,
          connectMs: null,
          responseMs: milliseconds(line["x-envoy-upstream-service-time"]),
          error,
        },
  );
}

/** By response flags (envoyproxy.io, "Access logging"): what Envoy answers in an upstream's place has one. */
function errorOf(line: AccessLine): UpstreamError | null {
  const flags = line.response_flags.split(",");
  const has = (...wanted: string[]) => wanted.some((flag) => flags.includes(flag));
  if (has("UH", "NC", "NR")) return "no endpoint";
  if (has("UT")) return "timed out";
  // Connecting failed, the connection broke, it was reset.
  if (has("UF", "UC", "UR")) {
    const error = upstreamErrorOf(`${line.upstream_transport_failure_reason} ${line.response_code_details}`);
    return error === "failed" && has("UC") ? "closed early" : error;
  }
  // The client was gone first.
  if (has("DC")) return "timed out";
  return null;
}

function milliseconds(value: string): number | null {
  return value === "" ? null : Number(value);
}
