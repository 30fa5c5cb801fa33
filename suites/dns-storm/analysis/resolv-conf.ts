/** resolv.conf as one resolver reads it: resolv.conf(5) for glibc and c-ares, src/network/resolvconf.c for musl. */
import type { ResolverName } from "../result/resolvers.ts";

export interface ResolvConf {
  readonly nameservers: readonly string[];
  /** The search list, without final dots. */
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutS: number;
  /** How often a query is sent to each server, the first time included. */
  readonly attempts: number;
  /** Options without a value that this resolver heeds. */
  readonly flags: ReadonlySet<string>;
  /** Options that it does not know or heed, as written. */
  readonly ignored: readonly string[];
}

interface Rules {
  /** The largest value that it takes; anything above is cut to that. */
  readonly most: { readonly ndots: number; readonly timeout: number; readonly attempts: number };
  readonly flags: ReadonlySet<string>;
}

/** `resolv/res_init.c` of glibc 2.36: RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY and its option table. */
const GLIBC: Rules = {
  most: { ndots: 15, timeout: 30, attempts: 5 },
  flags: new Set([
    "rotate",
    "edns0",
    "single-request",
    "single-request-reopen",
    "no-tld-query",
    "no-reload",
    "use-vc",
    "trust-ad",
    "no-aaaa",
  ]),
};
/** musl 1.2.3 looks for "ndots:", "attempts:" and "timeout:" only. */
const MUSL: Rules = { most: { ndots: 15, timeout: 60, attempts: 10 }, flags: new Set() };
const VALUED = ["ndots", "timeout", "attempts"] as const;
/** MAXNS of both libcs. */
const MOST_NAMESERVERS = 3;

const RULES: Readonly<Record<ResolverName, Rules>> = { glibc: GLIBC, node: GLIBC, musl: MUSL, "node-c-ares": GLIBC };

/** Reads the text as the resolver does; what is absent has the resolver's default. */
export function readResolvConf(text: string, resolver: ResolverName): ResolvConf {
  const rules = RULES[resolver];
  const lines = text.split("\n").flatMap((line) => {
    const [keyword, ...words] = line.trim().split(/\s+/);
    return keyword === undefined || /^[#;]/.test(keyword) ? [] : [{ keyword, words }];
  });
  const options = lines.filter(({ keyword }) => keyword === "options").flatMap(({ words }) => words);
  const value = (name: (typeof VALUED)[number], otherwise: number) => {
    const written = options.findLast((option) => option.startsWith(`${name}:`));
    const number = written === undefined ? otherwise : Number.parseInt(written.slice(name.length + 1), 10);
    return Number.isNaN(number) ? otherwise : Math.min(number, rules.most[name]);
  };
  return {
    nameservers: lines
      .filter(({ keyword }) => keyword === "nameserver")
      .flatMap(({ words }) => words[0] ?? [])
      .slice(0, MOST_NAMESERVERS),
    // The last of several lines counts.
    search: (lines.findLast(({ keyword }) => keyword === "search" || keyword === "domain")?.words ?? []).map(
      withoutDot,
    ),
    ndots: value("ndots", 1),
    timeoutS: Math.max(1, value("timeout", 5)),
    attempts: Math.max(1, value("attempts", 2)),
    flags: new Set(options.filter((option) => rules.flags.has(option))),
    ignored: options.filter(
      (option) => !rules.flags.has(option) && !VALUED.some((name) => option.startsWith(`${name}:`)),
    ),
  };
}

/** Names are compared without their final dot and in lower case (RFC 4343). */
export function withoutDot(name: string): string {
  return name.replace(/\.$/, "").toLowerCase();
}
