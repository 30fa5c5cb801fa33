import type { FailureCause } from "../../runner/result/outcomes.ts";

/** How a request ended; every scheduled request ends in exactly one. */
export type Outcome = "ok" | FailureCause;

/** How far a request had got when it failed. */
export type Stage = "dns" | "connect" | "tls" | "transfer";

/** What is known of an error, without its stack. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly syscall?: string;
  readonly errno?: number;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const { code = "", syscall, errno } = error as NodeJS.ErrnoException;
  return {
    code,
    message: error.message.split("\n")[0] ?? "",
    ...(syscall === undefined ? {} : { syscall }),
    ...(typeof errno === "number" ? { errno } : {}),
  };
}

/** Judges a complete response by its status; redirects are answers, not failures. */
export function ofStatus(status: number): Outcome {
  if (status < 400) return "ok";
  if (status < 500) return "status-4xx";
  switch (status) {
    case 500:
    case 502:
    case 503:
    case 504:
      return `status-${status}`;
    default:
      return "status-5xx";
  }
}

/** Judges a request whose time was up. */
export function ofTimeout(stage: Stage): FailureCause {
  switch (stage) {
    case "dns":
      return "dns-timeout";
    case "connect":
      return "connect-timeout";
    case "tls":
      return "tls";
    case "transfer":
      return "response-timeout";
  }
}

/** The same errors as programs/agent/flood/outcome.go, by the names that Node gives them. */
export function ofConnectError(code: string): FailureCause {
  switch (code) {
    case "EADDRNOTAVAIL": // no free local port towards this destination
      return "port-exhausted";
    case "ECONNREFUSED":
      return "refused";
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNABORTED":
      return "reset";
    case "ETIMEDOUT": // the kernel gave up on its SYNs before the request's time was up
      return "connect-timeout";
    case "EMFILE":
    case "ENFILE":
    case "ENOBUFS":
    case "ENOMEM":
      return "not-sent";
    default: // EHOSTUNREACH, ENETUNREACH, and refusals by policy such as EPERM
      return "unreachable";
  }
}

/** Judges why an established connection broke, by the error of the kernel or of TLS. */
export function ofSocketError(code: string): FailureCause {
  switch (code) {
    case "ETIMEDOUT":
      return "response-timeout";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EHOSTDOWN":
      return "unreachable";
    default:
      return code.startsWith("ERR_SSL") ? "tls" : "reset";
  }
}

/**
 * Judges a failed getaddrinfo. It reports EAI_AGAIN both for a resolver that answers SERVFAIL and for one that does not
 * answer; only the latter takes at least one of the resolver's own timeouts (resolv.conf(5), `options timeout`). An
 * answer that there is no such name (ENOTFOUND) is an answer.
 */
export function ofLookupError(code: string, tookMs: number, resolverTimeoutMs: number): FailureCause {
  if (code === "EMFILE" || code === "ENFILE" || code === "EAI_MEMORY") return "not-sent";
  return code === "EAI_AGAIN" && tookMs >= resolverTimeoutMs ? "dns-timeout" : "dns-servfail";
}
