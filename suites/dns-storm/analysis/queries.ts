/**
 * Which queries one look-up leads to: what getaddrinfo(AF_UNSPEC) of a libc sends, given its resolv.conf and what each
 * server answers. Put to real resolvers by resolvers.test.ts.
 */
import type { ResolverName } from "../result/resolvers.ts";
import { cAresQueries } from "./c-ares.ts";
import { glibcQueries } from "./glibc.ts";
import { muslQueries } from "./musl.ts";
import type { Lookup, Question, World } from "./question.ts";
import { readResolvConf } from "./resolv-conf.ts";

const RESOLVERS: Readonly<Record<ResolverName, (question: Question) => Lookup>> = {
  glibc: glibcQueries,
  node: glibcQueries, // dns.lookup calls getaddrinfo of the libc that Node is linked with
  musl: muslQueries,
  "node-c-ares": cAresQueries,
};

/** @param resolvConf the text of /etc/resolv.conf as it is found in the pod */
export function queriesOf(resolvConf: string, name: string, resolver: ResolverName, world: World): Lookup {
  return RESOLVERS[resolver]({ name, conf: readResolvConf(resolvConf, resolver), world });
}
