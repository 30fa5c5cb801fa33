/**
 * glibc 2.36. Which names are tried: resolv/res_query.c, `__res_context_search` and `__res_context_query`; how often and
 * where each is asked: resolv/res_send.c, `__res_context_send` and `send_dg`.
 */
import type { Answer, Lookup, LookupEnd, Query, Question, World } from "./question.ts";
import { QUERY_TYPES, type QueryType } from "./question.ts";
import { type ResolvConf, withoutDot } from "./resolv-conf.ts";

export function glibcQueries({ name, conf, world }: Question): Lookup {
  const queries: Query[] = [];
  let waitsS = 0;
  const ask = (fqdn: string) => {
    const asked = askPair(fqdn, conf, world);
    queries.push(...asked.queries);
    waitsS += asked.waitsS;
    return asked.end;
  };
  return { end: search(name, conf, ask), queries, waitsS };
}

/** How asking for one name ended; REFUSED, for the application the same as SERVFAIL, is not the same for the search. */
type Ended = LookupEnd | "refused";

/** The order in which names are tried, until one is found. */
function search(name: string, conf: ResolvConf, ask: (fqdn: string) => Ended): LookupEnd {
  const bare = withoutDot(name);
  const dots = bare.split(".").length - 1;
  const isFull = name.endsWith(".");
  const asIsFirst = isFull || dots >= conf.ndots;
  const first = asIsFirst ? ask(bare) : undefined;
  if (first === "ok" || (first && isFull)) return toClient(first);
  let noData = false;
  let serverFailed = false;
  let last: Ended | undefined = first;
  for (const domain of conf.search) {
    last = ask(domain === "" ? bare : `${bare}.${domain}`);
    if (last === "ok") return last;
    noData ||= last === "dns-nodata";
    serverFailed ||= last === "dns-servfail";
    // "anything else implies that we're done"
    if (last === "dns-timeout" || last === "refused") break;
  }
  if (!asIsFirst && !(dots === 0 && conf.flags.has("no-tld-query"))) {
    last = ask(bare);
    if (last === "ok") return last;
  }
  // Why the name as it is failed counts, where that was the first try.
  if (first) return toClient(first);
  if (noData) return "dns-nodata";
  return serverFailed ? "dns-servfail" : toClient(last ?? "dns-nxdomain");
}

function toClient(ended: Ended): LookupEnd {
  return ended === "refused" ? "dns-servfail" : ended;
}

interface Pair {
  readonly end: Ended;
  readonly queries: readonly Query[];
  readonly waitsS: number;
}

/** A and AAAA of one name, sent together (or one after another with single-request): to each server in turn, `attempts` times over. */
function askPair(fqdn: string, conf: ResolvConf, world: World): Pair {
  const types: readonly QueryType[] = conf.flags.has("no-aaaa") ? ["A"] : QUERY_TYPES;
  const inTurn = conf.flags.has("single-request") || conf.flags.has("single-request-reopen");
  const both = types.map((type) => world(fqdn, type));
  // One at a time, AAAA is asked for once A is answered, and never if that fails.
  const asked = inTurn && !both.slice(0, 1).some(isFinal) ? 1 : types.length;
  const answers = both.slice(0, asked);
  const queries: Query[] = [];
  let waitsS = 0;
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (let server = 0; server < Math.max(1, conf.nameservers.length); server++) {
      queries.push(...types.slice(0, asked).map((type) => ({ fqdn, type, server })));
      if (answers.some(isFinal)) return { queries, waitsS, end: endOf(answers) };
      if (answers.includes("lost")) waitsS += conf.timeoutS;
    }
  }
  const end = answers.includes("lost") ? "dns-timeout" : answers.includes("refused") ? "refused" : "dns-servfail";
  return { queries, waitsS, end };
}

/** SERVFAIL and REFUSED of both send it on to the next server and attempt; one good answer of the two is enough. */
function isFinal(answer: Answer): boolean {
  return answer === "answer" || answer === "nodata" || answer === "nxdomain";
}

function endOf(answers: readonly Answer[]): LookupEnd {
  if (answers.includes("answer")) return "ok";
  if (answers.includes("nodata")) return "dns-nodata";
  return "dns-nxdomain";
}
