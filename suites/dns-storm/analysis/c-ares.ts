/**
 * c-ares as Node uses it (src/cares_wrap.cc): dns.resolve4 and dns.resolve6 are ares_query, which asks for the name as it
 * is and knows no search list (beside ares_search(3)); with ARES_FLAG_NOCHECKRESP, so that whatever a server says is the
 * answer; and with tries of its own instead of resolv.conf's.
 */
import { type Answer, type Lookup, type LookupEnd, QUERY_TYPES, type Question } from "./question.ts";
import { withoutDot } from "./resolv-conf.ts";

/** `new dns.Resolver()`, https://nodejs.org/api/dns.html#class-dnsresolver */
const TRIES = 4;

export function cAresQueries({ name, conf, world }: Question): Lookup {
  const fqdn = withoutDot(name);
  const servers = Math.max(1, conf.nameservers.length);
  const answers = QUERY_TYPES.map((type) => ({ type, answer: world(fqdn, type) }));
  const queries = answers.flatMap(({ type, answer }) => {
    const times = answer === "lost" ? TRIES * servers : 1;
    return Array.from({ length: times }, (_, nth) => ({ fqdn, type, server: nth % servers }));
  });
  const end = endOf(answers.map(({ answer }) => answer));
  return { queries, end, waitsS: answers.some(({ answer }) => answer === "lost") ? null : 0 };
}

function endOf(answers: readonly Answer[]): LookupEnd {
  if (answers.includes("answer")) return "ok";
  if (answers.includes("lost")) return "dns-timeout";
  if (answers.some((answer) => answer === "servfail" || answer === "refused")) return "dns-servfail";
  return answers.includes("nodata") ? "dns-nodata" : "dns-nxdomain";
}
