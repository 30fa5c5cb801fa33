import { deserves, namesToAsk, OUTSIDE } from "../analysis/names.ts";
import type { NameKind, ResolverName } from "../result/resolvers.ts";
import { type Chain, chainRecords } from "./dns/chain.ts";
import type { UpstreamZone } from "./dns/upstream.ts";
import type { LookupName } from "./load/lookups.ts";

/** Shortest time for which CoreDNS keeps an answer, however short the answer itself says (plugin/cache: minTTL). */
export const TTL_S = 5;
const UNKEPT = "any.test";

/** All that the upstream knows: addresses are of TEST-NET-1 and the documentation prefix (RFC 5737, RFC 3849). */
export function zoneOf(hops: Chain["hops"]): UpstreamZone {
  return {
    origin: OUTSIDE,
    ttlSeconds: TTL_S,
    records: {
      [OUTSIDE]: ["192.0.2.1"],
      [`api.${OUTSIDE}`]: ["192.0.2.2", "2001:db8::2"],
      [`*.${UNKEPT}`]: ["192.0.2.3"],
      ...chainRecords(hops, OUTSIDE),
    },
  };
}

/** One name of each kind; and external ones that are each asked for once, so that no cache has them. */
export function stormNames(
  namespace: string,
  resolver: ResolverName,
  fullNames: boolean,
): readonly [LookupName, ...LookupName[]] {
  const kind: NameKind = "external";
  return [
    { kind, name: `${resolver}-{n}.${UNKEPT}${fullNames ? "." : ""}` },
    ...namesToAsk(namespace, fullNames).map((asked) => {
      const wanted = deserves(asked.kind);
      return wanted === "ok" ? asked : { ...asked, wanted };
    }),
  ];
}

/** By which the hops of a chain are looked up, with {n} for their numbers. */
export function hopNames(fullNames: boolean): string {
  return `hop-{n}.${OUTSIDE}${fullNames ? "." : ""}`;
}

/** Names that were each asked for once, as the one record that they come from. */
export function withoutUniqueParts(name: string): string {
  return name.endsWith(`.${UNKEPT}`) ? `*.${UNKEPT}` : name;
}
