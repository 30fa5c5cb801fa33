import { lookup, promises } from "node:dns";
import type { FailureCause } from "../../../runner/result/outcomes.ts";
import { resolverTimeoutMs } from "../kernel.ts";

/** How a look-up ended, as its caller can tell; as in programs/agent/lookups/outcome.go. */
export type LookupOutcome =
  | "ok"
  | Extract<FailureCause, "dns-nxdomain" | "dns-nodata" | "dns-servfail" | "dns-timeout" | "dns-error">;

/** dns.lookup, which applications use unless they ask for more: getaddrinfo in libuv's pool; or c-ares, Node's own. */
export type NodeResolver = "node" | "node-c-ares";

/** A resolver's clock begins a little after ours, and counts in ms. */
const NEARLY_ALL = 0.98;

/** Looks both families up. */
export function resolveWith(resolver: NodeResolver): (name: string) => Promise<LookupOutcome> {
  return resolver === "node" ? withGetaddrinfo : withCares;
}

function withGetaddrinfo(name: string): Promise<LookupOutcome> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    lookup(name, { all: true }, (error) => {
      resolve(error ? ofGetaddrinfo(error.code, performance.now() - startedMs) : "ok");
    });
  });
}

/** Node gives EAI_NONAME and EAI_NODATA the same name. */
function ofGetaddrinfo(code: string | undefined, tookMs: number): LookupOutcome {
  if (code === "ENOTFOUND") return "dns-nxdomain";
  if (code !== "EAI_AGAIN") return "dns-error";
  // EAI_AGAIN of a server that fails as well as of one that does not answer: the time tells them apart.
  return tookMs >= NEARLY_ALL * resolverTimeoutMs() ? "dns-timeout" : "dns-servfail";
}

/** As an application does that wants any address: it has one where either family has. */
async function withCares(name: string): Promise<LookupOutcome> {
  const ends = await Promise.all(
    [promises.resolve4(name), promises.resolve6(name)].map((each) => each.then(() => "ok" as const, ofCares)),
  );
  const worst = ["ok", "dns-timeout", "dns-servfail", "dns-error", "dns-nodata", "dns-nxdomain"] as const;
  return worst.find((end) => ends.includes(end)) ?? "dns-error";
}

function ofCares(error: unknown): LookupOutcome {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOTFOUND":
      return "dns-nxdomain";
    case "ENODATA":
      return "dns-nodata";
    case "ETIMEOUT":
      return "dns-timeout";
    case "ESERVFAIL":
    case "EREFUSED":
    case "ECONNREFUSED":
      return "dns-servfail";
    default:
      return "dns-error";
  }
}
