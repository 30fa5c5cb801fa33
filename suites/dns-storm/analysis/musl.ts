/** musl 1.2.3: src/network/lookup_name.c (`name_from_dns_search`, `name_from_dns`) and res_msend.c. */
import { type Lookup, type LookupEnd, QUERY_TYPES, type Query, type Question, type World } from "./question.ts";
import { type ResolvConf, withoutDot } from "./resolv-conf.ts";

export function muslQueries({ name, conf, world }: Question): Lookup {
  const bare = withoutDot(name);
  const dots = bare.split(".").length - 1;
  // Enough dots, or a final one: no search at all, not even afterwards.
  const domains = name.endsWith(".") || dots >= conf.ndots ? [] : conf.search;
  const queries: Query[] = [];
  let waitsS = 0;
  for (const fqdn of [...domains.map((domain) => `${bare}.${domain}`), bare]) {
    const asked = askPair(fqdn, conf, world);
    queries.push(...asked.queries);
    waitsS += asked.waitsS;
    // Only NXDOMAIN goes on.
    if (asked.end !== "dns-nxdomain") return { queries, waitsS, end: asked.end };
  }
  return { queries, waitsS, end: "dns-nxdomain" };
}

interface Pair {
  readonly end: LookupEnd;
  readonly queries: readonly Query[];
  readonly waitsS: number;
}

/** How often a query is sent again at once when a server says SERVFAIL, over all queries of an attempt: 2 for each. */
const SERVFAIL_RETRIES_EACH = 2;

/**
 * Both questions to all servers at once, again after each timeout ÷ attempts, until both have an answer or the timeout
 * is over. REFUSED counts as no answer.
 */
function askPair(fqdn: string, conf: ResolvConf, world: World): Pair {
  const answers = QUERY_TYPES.map((type) => ({ type, answer: world(fqdn, type) }));
  const servers = Array.from({ length: Math.max(1, conf.nameservers.length) }, (_, server) => server);
  const queries: Query[] = [];
  let open = answers;
  for (let attempt = 0; attempt < conf.attempts && open.length > 0; attempt++) {
    queries.push(...open.flatMap(({ type }) => servers.map((server) => ({ fqdn, type, server }))));
    const failing = open.filter(({ answer }) => answer === "servfail");
    for (let retry = 0; retry < SERVFAIL_RETRIES_EACH * answers.length; retry++) {
      const again = failing[retry % failing.length];
      if (again) queries.push({ fqdn, type: again.type, server: 0 });
    }
    open = open.filter(({ answer }) => answer === "servfail" || answer === "refused" || answer === "lost");
  }
  const found = answers.map(({ answer }) => answer);
  if (open.length > 0) return { queries, waitsS: conf.timeoutS, end: "dns-timeout" };
  if (found.includes("answer")) return { queries, waitsS: 0, end: "ok" };
  return { queries, waitsS: 0, end: found[0] === "nodata" ? "dns-nodata" : "dns-nxdomain" };
}
