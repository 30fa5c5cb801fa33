import { z } from "zod";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import type { ProxyRecord, UpstreamTry } from "../../analysis/proxy-record.ts";
import type { UpstreamError } from "../../result/reasons.ts";
import type { ParsedLog } from "./parsed-log.ts";
import { upstreamErrorOf } from "./upstream-error.ts";

/** A line of the access log as JSON, as far as it is read. */
const AccessLine = z.object({
  StartUTC: z.string(),
  Duration: z.number().describe("ns"),
  DownstreamStatus: z.number(),
  /** The upstream's, or what Traefik gave in its place; 0 or missing where none was asked. */
  OriginStatus: z.number().optional(),
  OriginDuration: z.number().optional().describe("ns"),
  /** ip:port of the upstream; of several tries, the last one's. */
  ServiceAddr: z.string().optional(),
  RetryAttempts: z.number().optional(),
  RequestHost: z.string().optional(),
  "request_X-Request-Id": z.string().optional(),
});
type AccessLine = z.infer<typeof AccessLine>;

/** What Traefik says at level DEBUG when it answers in an upstream's place. */
const ErrorLine = z.object({ level: z.literal("debug"), error: z.string(), message: z.string().regex(/^50[24] /) });

/** Whatever else Traefik says. */
const OwnLine = z.object({ level: z.string(), time: z.string() });

/** Of Traefik's own making (net/http/httputil's statuses as Traefik gives them). */
const BAD_GATEWAY = 502;
const UNAVAILABLE = 503;
const GATEWAY_TIMEOUT = 504;
const CLIENT_CLOSED_REQUEST = 499;

interface PendingError {
  readonly address: string;
  readonly error: UpstreamError;
}

/**
 * Reads Traefik's JSON log, access and other lines in the order in which it wrote them: an error belongs to the next
 * failed request to its upstream. Without level DEBUG the reason of a failed try is not known. Requests without an
 * X-Request-Id are not ours, and left out.
 * @param host those for another host are left out too, where the log names it
 */
export function parseTraefikLog(lines: Iterable<string>, host: string): ParsedLog {
  const records: ProxyRecord[] = [];
  const skipped = { garbled: 0, foreign: 0 };
  let pending: PendingError[] = [];
  for (const line of lines) {
    const read = readJsonLine(line);
    if (read.kind === "garbled") {
      skipped.garbled += 1;
      pending = withoutThoseOf(line, pending);
      continue;
    }
    const document = read.kind === "document" ? read.document : undefined;
    const access = AccessLine.safeParse(document);
    if (access.success) {
      const record = recordOf(access.data, (address) => {
        const of = (wanted: string) => pending.findIndex((each) => each.address === wanted);
        const at = of(address) >= 0 ? of(address) : of("");
        return at < 0 ? "failed" : (pending.splice(at, 1)[0]?.error ?? "failed");
      });
      if (record.requestId !== "" && (access.data.RequestHost ?? host) === host) records.push(record);
      continue;
    }
    const failed = ErrorLine.safeParse(document);
    if (failed.success)
      pending.push({ address: addressIn(failed.data.error), error: upstreamErrorOf(failed.data.error) });
    else if (line !== "" && !OwnLine.safeParse(document).success) skipped.foreign += 1;
  }
  return { records, skipped };
}

/** Errors that wait for their request. One whose request's line is garbled must not become the next one's. */
function withoutThoseOf(garbled: string, pending: PendingError[]): PendingError[] {
  const address = /"ServiceAddr":"([^"]*)"/.exec(garbled)?.[1];
  if (address === undefined) return [];
  const first = pending.findIndex((each) => each.address === address);
  return pending.filter((_, index) => index !== first);
}

function recordOf(line: AccessLine, takeError: (address: string) => UpstreamError): ProxyRecord {
  const last = lastTry(line, takeError);
  const earlier: UpstreamTry = { address: "", status: null, connectMs: null, responseMs: null, error: "failed" };
  return {
    requestId: line["request_X-Request-Id"] ?? "",
    endedAtUnixMs: Math.round(Date.parse(line.StartUTC) + line.Duration / 1e6),
    status: line.DownstreamStatus,
    upstreams: [...Array<UpstreamTry>(line.RetryAttempts ?? 0).fill(earlier), ...(last ? [last] : [])],
  };
}

function lastTry(line: AccessLine, takeError: (address: string) => UpstreamError): UpstreamTry | undefined {
  const { ServiceAddr: address = "", OriginStatus: origin = 0, DownstreamStatus: status } = line;
  const responseMs = line.OriginDuration ? Math.round(line.OriginDuration / 1e6) : null;
  const failed = (error: UpstreamError) => ({ address, status: null, connectMs: null, responseMs, error });
  if (address === "") return status === UNAVAILABLE ? { ...failed("no endpoint"), responseMs: null } : undefined;
  // Nothing had come back when the client gave up.
  if (status === CLIENT_CLOSED_REQUEST) return failed("timed out");
  // An upstream's own 502 or 504 looks the same; the web workload gives none.
  if (status === BAD_GATEWAY || status === GATEWAY_TIMEOUT) return failed(takeError(address));
  return { address, status: origin || null, connectMs: null, responseMs, error: null };
}

/** "dial tcp 10.0.0.1:80: connect: …" or "read tcp 10.0.0.2:4711->10.0.0.1:80: read: …"; an EOF names none. */
function addressIn(error: string): string {
  return /(?:dial tcp |->)(\S+:\d+):/.exec(error)?.[1] ?? "";
}
