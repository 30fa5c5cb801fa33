import { z } from "zod";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import type { ProxyRecord, UpstreamTry } from "../../analysis/proxy-record.ts";
import type { UpstreamError } from "../../result/reasons.ts";
import type { ParsedLog } from "./parsed-log.ts";

/** A line of the log format "record" in suites/rolling-update/manifests/paths/nginx/nginx.conf. */
const AccessLine = z.object({
  connection: z.number(),
  id: z.string(),
  end: z.number().describe("Unix time in seconds, to the ms"),
  status: z.number(),
  // One value a try, in order; "" or "-" where there is none.
  address: z.string(),
  upstreamStatus: z.string(),
  connect: z.string(),
  header: z.string(),
  response: z.string(),
});
type AccessLine = z.infer<typeof AccessLine>;

/** A line of the error log about a try: "… [error] 7#7: *12 MESSAGE while …, upstream: "http://ADDRESS/", …". */
const ERROR_LINE =
  /^\d{4}\/\d\d\/\d\d [\d:]{8} \[\w+\] \d+#\d+: \*(\d+) (.*?)(?:, client: .*)?, upstream: "\w+:\/\/([^/"]+)/;

/** What NGINX says else, and what it says when its configuration is tested. */
const OWN_WORDS = /^(\d{4}\/\d\d\/\d\d |nginx: |$)/;

interface TryError {
  readonly address: string;
  readonly error: UpstreamError;
}

/**
 * Reads what an NGINX with that configuration logged, access and error lines in the order in which it wrote them: an error
 * belongs to the next request that ends on its connection. Requests without an X-Request-Id are not ours, and left out.
 * @param noEndpoint address to which the proxy leads when it has no endpoint
 */
export function parseNginxLog(lines: Iterable<string>, noEndpoint: string): ParsedLog {
  const records: ProxyRecord[] = [];
  const skipped = { garbled: 0, foreign: 0 };
  const pending = new Map<number, TryError[]>();
  for (const line of lines) {
    const error = parseError(line);
    if (error) {
      const before = pending.get(error.connection) ?? [];
      pending.set(error.connection, [...before, error]);
      continue;
    }
    if (OWN_WORDS.test(line)) continue;
    const read = readJsonLine(line);
    if (read.kind === "garbled") {
      skipped.garbled += 1;
      forget(pending, line);
      continue;
    }
    const { data: access } = AccessLine.safeParse(read.kind === "document" ? read.document : undefined);
    if (!access) {
      skipped.foreign += 1;
      continue;
    }
    const errors = pending.get(access.connection) ?? [];
    pending.delete(access.connection);
    if (access.id !== "") records.push(record(access, errors, noEndpoint));
  }
  return { records, skipped };
}

/** A garbled line's errors must not become those of its connection's next request; which these are, may be lost with it. */
function forget(pending: Map<number, TryError[]>, garbled: string): void {
  const connection = /"connection":(\d+),/.exec(garbled)?.[1];
  if (connection === undefined) pending.clear();
  else pending.delete(Number(connection));
}

function parseError(line: string): (TryError & { connection: number }) | undefined {
  const [, connection, message, address] = ERROR_LINE.exec(line) ?? [];
  if (connection === undefined || message === undefined || address === undefined) return undefined;
  return { connection: Number(connection), address, error: errorOf(message) };
}

/** By errno (asm-generic/errno.h), which NGINX puts in parentheses, or else by its own words. */
function errorOf(message: string): UpstreamError {
  switch (/\((\d+): /.exec(message)?.[1]) {
    case "111": // ECONNREFUSED
      return "connection refused";
    case "104": // ECONNRESET
    case "32": // EPIPE: written to after the reset
      return "connection reset";
    case "110": // ETIMEDOUT, also where it is NGINX's own time that is up
      return "timed out";
    case "101": // ENETUNREACH
    case "112": // EHOSTDOWN
    case "113": // EHOSTUNREACH
      return "unreachable";
  }
  if (message.startsWith("upstream prematurely closed")) return "closed early";
  if (message.startsWith("no live upstreams")) return "no endpoint";
  return "failed";
}

function record(access: AccessLine, errors: TryError[], noEndpoint: string): ProxyRecord {
  const status = list(access.upstreamStatus);
  const connect = list(access.connect);
  const header = list(access.header);
  const response = list(access.response);
  const left = [...errors];
  return {
    requestId: access.id,
    endedAtUnixMs: access.end * 1000,
    status: access.status,
    upstreams: list(access.address).map((address, index): UpstreamTry => {
      if (address === noEndpoint) return NO_ENDPOINT;
      const at = left.findIndex((each) => each.address === address);
      const logged = at < 0 ? undefined : left.splice(at, 1)[0]?.error;
      // NGINX gives a try that failed a status of its own; only one whose header came has an upstream's.
      const answered = milliseconds(header[index]) !== null;
      const given = Number.parseInt(status[index] ?? "", 10);
      return {
        address: logged === "no endpoint" ? "" : address,
        status: answered ? given : null,
        connectMs: milliseconds(connect[index]),
        responseMs: milliseconds(response[index]),
        error: logged ?? (answered || Number.isNaN(given) ? null : "failed"),
      };
    }),
  };
}

const NO_ENDPOINT: UpstreamTry = {
  address: "",
  status: null,
  connectMs: null,
  responseMs: null,
  error: "no endpoint",
};

/** A variable's value for each try: ", " stands between tries, " : " between groups of servers (nginx.org, $upstream_addr). */
function list(text: string): string[] {
  return text === "" || text === "-" ? [] : text.split(/, | : /);
}

function milliseconds(seconds: string | undefined): number | null {
  return seconds === undefined || seconds === "-" || seconds === "" ? null : Math.round(Number(seconds) * 1000);
}
