/** What a CoreDNS with the usual plugins answers, and what it asks its upstream for that: pure, without faults. */
import type { Answer, QueryType, World } from "./question.ts";
import { withoutDot } from "./resolv-conf.ts";

/** All that exists. */
export interface Names {
  /** Full names of Services with one cluster address. */
  readonly services: readonly string[];
  /** As what that address is found: of the other type there is nothing. */
  readonly servicesHave: QueryType;
  /** Addresses by name at the upstream; `*.any.test` stands for names that are one label longer. */
  readonly outside: Readonly<Record<string, readonly string[]>>;
}

export interface ServerFacts {
  readonly names: Names;
  /** The search list that autopath walks for a client; null: it does not. */
  readonly autopath: readonly string[] | null;
}

/** The answer to one query, and the names that the upstream is asked for it by a server that has nothing in its cache. */
export interface Served {
  readonly answer: Answer;
  readonly forwards: readonly string[];
}

export type ServerModel = (fqdn: string, type: QueryType) => Served;

const CLUSTER_DOMAIN = "cluster.local";

export function serverModel({ names, autopath }: ServerFacts): ServerModel {
  const services = new Set(names.services.map(withoutDot));
  const outside = new Map(Object.entries(names.outside).map(([name, list]) => [withoutDot(name), list]));
  const direct: ServerModel = (fqdn, type) => {
    if (fqdn === CLUSTER_DOMAIN || fqdn.endsWith(`.${CLUSTER_DOMAIN}`)) {
      const answer = !services.has(fqdn) ? "nxdomain" : type === names.servicesHave ? "answer" : "nodata";
      return { answer, forwards: [] };
    }
    return { answer: ofOutside(outside, fqdn, type), forwards: [fqdn] };
  };
  return autopath === null ? direct : (fqdn, type) => walk(direct, autopath, fqdn, type);
}

/** The world that a resolver meets behind this server. */
export function worldOf(model: ServerModel): World {
  return (fqdn, type) => model(fqdn, type).answer;
}

function ofOutside(outside: ReadonlyMap<string, readonly string[]>, fqdn: string, type: QueryType): Answer {
  const addresses = outside.get(fqdn) ?? outside.get(fqdn.replace(/^[^.]+/, "*"));
  if (!addresses) return "nxdomain";
  return addresses.some((address) => (type === "A") === address.includes(".")) ? "answer" : "nodata";
}

/**
 * plugin/autopath/autopath.go: a query for a name under the first suffix is tried with each suffix and then as it is, and
 * the first that is not NXDOMAIN is the answer.
 */
function walk(direct: ServerModel, search: readonly string[], fqdn: string, type: QueryType): Served {
  const first = search[0];
  if (first === undefined || !fqdn.endsWith(`.${first}`)) return direct(fqdn, type);
  const base = fqdn.slice(0, -first.length - 1);
  const forwards: string[] = [];
  for (const name of [...search.map((domain) => `${base}.${domain}`), base]) {
    const served = direct(name, type);
    forwards.push(...served.forwards);
    if (served.answer !== "nxdomain") return { answer: served.answer, forwards };
  }
  return { answer: "nxdomain", forwards };
}
