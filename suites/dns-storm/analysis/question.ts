/** What a resolver is asked, what it asks the DNS for it, and how that ends: in one form for all resolvers. */
import type { ResolvConf } from "./resolv-conf.ts";

export const QUERY_TYPES = ["A", "AAAA"] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

export interface Query {
  /** Full name, lower case, without its final dot. */
  readonly fqdn: string;
  readonly type: QueryType;
  /** Index of the nameserver that it goes to. */
  readonly server: number;
}

/** nodata: the name exists, with nothing of this type. lost: no answer ever comes. */
export type Answer = "answer" | "nodata" | "nxdomain" | "servfail" | "refused" | "lost";

/** What the DNS answers to a question. */
export type World = (fqdn: string, type: QueryType) => Answer;

/** How the look-up ends for the application; named as the outcomes of a block. */
export type LookupEnd = "ok" | "dns-nxdomain" | "dns-nodata" | "dns-servfail" | "dns-timeout";

export interface Lookup {
  /** In the order sent; A and AAAA of one name go out together. */
  readonly queries: readonly Query[];
  readonly end: LookupEnd;
  /** How long it waits for answers that never come, in s; of c-ares, which adapts its timeout, null if at all. */
  readonly waitsS: number | null;
}

export interface Question {
  readonly name: string;
  readonly conf: ResolvConf;
  readonly world: World;
}
