import type { ProxyRecord, UpstreamTry } from "../../analysis/proxy-record.ts";
import type { UpstreamError } from "../../result/reasons.ts";
import { ROLLING_WEB } from "../rolling-web.ts";
import type { ParsedLog } from "./parsed-log.ts";
import { upstreamErrorOf } from "./upstream-error.ts";

/** A variable with one value a try: ", " stands between tries, " : " between groups (nginx.org, $upstream_addr). */
const LIST = String.raw`([^\s,]+(?:(?:, | : )[^\s,]+)*)`;

/** The end of ingress-nginx's default log format ("upstreaminfo"), behind the kubelet's time stamp. */
const ACCESS_LINE = new RegExp(
  String.raw`^(\S+) .*" (\d{3}) \d+ ".*" ".*" \d+ ([\d.]+) \[([^\]]*)\] \[[^\]]*\] ${LIST} ${LIST} ${LIST} ${LIST} (\S+)$`,
);

/** A line of the error log about a try. */
const ERROR_LINE =
  /^(\S+) \d{4}\/\d\d\/\d\d [\d:]{8} \[\w+\] \d+#\d+: \*\d+ (.*?), client: .*, upstream: "\w+:\/\/([^/"]+)/;

/** What such a line begins with: "10.244.0.1 - - [24/Nov/2026:15:32:10 +0000] ". */
const ACCESS_BEGINNING = /\S+ - \S+ \[\d\d\/\w{3}\/\d{4}:[\d:]{8} /;
/** What else the controller and its NGINX say: klog's lines, error lines, and its settings at the start. */
const OWN_WORDS = /^\S+ ([IWEF]\d{4} |\d{4}\/\d\d\/\d\d |nginx|NGINX|-{3}| |$)/;

/** The two logs come through pipes of their own, and so not quite in order. */
const DISORDER_MS = 250;

interface TryError {
  readonly atUnixMs: number;
  readonly address: string;
  readonly error: UpstreamError;
}

/**
 * Reads ingress-nginx's log in its default format, each line behind the kubelet's time stamp (the log's own has whole
 * seconds). The error log has no request's name: an error belongs to a request that was under way then, and tried its
 * upstream. Where our X-Request-Id did not come through, there is ingress-nginx's own.
 * @param namespace requests to Services of other namespaces are left out
 */
export function parseIngressNginxLog(lines: readonly string[], namespace: string): ParsedLog {
  const errors = lines.flatMap(parseError);
  const records: ProxyRecord[] = [];
  const skipped = { garbled: 0, foreign: 0 };
  for (const line of lines) {
    records.push(...parseAccess(line, errors, namespace));
    if (ACCESS_LINE.test(line) || line === "" || OWN_WORDS.test(line)) continue;
    if (ACCESS_BEGINNING.test(line)) skipped.garbled += 1;
    else skipped.foreign += 1;
  }
  return { records, skipped };
}

function parseAccess(line: string, errors: TryError[], namespace: string): ProxyRecord[] {
  const [, at, status, seconds, service, address, , response, upstreamStatus, requestId] = ACCESS_LINE.exec(line) ?? [];
  if (at === undefined || requestId === undefined) return [];
  const endedAtUnixMs = Date.parse(at);
  const beganAtUnixMs = endedAtUnixMs - Number(seconds) * 1000;
  const takeError = (wanted: string): UpstreamError | undefined => {
    const index = errors.findIndex(
      (each) =>
        each.address === wanted &&
        each.atUnixMs >= beganAtUnixMs - DISORDER_MS &&
        each.atUnixMs <= endedAtUnixMs + DISORDER_MS,
    );
    return index < 0 ? undefined : errors.splice(index, 1)[0]?.error;
  };
  const responses = list(response);
  const statuses = list(upstreamStatus);
  const upstreams = list(address).map((each, index): UpstreamTry => {
    const given = statuses[index] ?? "-";
    // NGINX gives a try that failed 502 or 504 of its own making.
    const error = /^50[24]$/.test(given) ? (takeError(each) ?? "failed") : null;
    return {
      address: each,
      status: error !== null || given === "-" ? null : Number(given),
      connectMs: null,
      responseMs: milliseconds(responses[index]),
      error,
    };
  });
  const none: UpstreamTry = { address: "", status: null, connectMs: null, responseMs: null, error: "no endpoint" };
  const tried = upstreams.length === 0 && status === "503" ? [none] : upstreams;
  // "cluster.namespace-SERVICE-PORT". Its errors were taken above: they are nobody else's.
  if (service !== `${namespace}-${ROLLING_WEB.name}-http`) return [];
  return [{ requestId, endedAtUnixMs, status: Number(status), upstreams: tried }];
}

function parseError(line: string): TryError[] {
  const [, at, message, address] = ERROR_LINE.exec(line) ?? [];
  if (at === undefined || message === undefined || address === undefined) return [];
  return [{ atUnixMs: Date.parse(at), address, error: upstreamErrorOf(message) }];
}

function list(text: string | undefined): string[] {
  return text === undefined || text === "-" ? [] : text.split(/, | : /);
}

function milliseconds(seconds: string | undefined): number | null {
  return seconds === undefined || seconds === "-" ? null : Math.round(Number(seconds) * 1000);
}
