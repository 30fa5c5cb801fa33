/** The names that a storm looks up, one of each kind, and what exists of them. */
import { failuresIn, type Outcomes } from "../../../runner/result/outcomes.ts";
import { NAME_KINDS, type NameKind, type ResolverName } from "../result/resolvers.ts";

/** A name as an application asks for it. */
export interface AskedName {
  readonly kind: NameKind;
  readonly name: string;
}

/** The upstream's zone. */
export const OUTSIDE = "shop.test";

/** As applications usually write them; `web` is in the clients' own namespace. */
const USUAL: Readonly<Record<NameKind, string>> = {
  short: "web",
  "svc-ns": "kubernetes.default",
  "svc-ns-svc": "kubernetes.default.svc",
  full: "kubernetes.default.svc.cluster.local",
  external: `api.${OUTSIDE}`,
  "external-one-dot": OUTSIDE,
  "external-dot": `api.${OUTSIDE}.`,
  missing: `missing.${OUTSIDE}`,
};

/**
 * One name of each kind.
 * @param fullNames each in full, with its final dot
 */
export function namesToAsk(namespace: string, fullNames: boolean): AskedName[] {
  const full: Readonly<Record<NameKind, string>> = {
    ...USUAL,
    short: `web.${namespace}.svc.cluster.local`,
    "svc-ns": "kubernetes.default.svc.cluster.local",
    "svc-ns-svc": "kubernetes.default.svc.cluster.local",
  };
  return NAME_KINDS.map((kind) => ({
    kind,
    name: fullNames ? `${full[kind].replace(/\.$/, "")}.` : USUAL[kind],
  }));
}

/**
 * The names that an application with this resolver can have: c-ares knows no search list, so nobody who uses it asks for
 * names that need one.
 */
export function usableNames(resolver: ResolverName, names: readonly AskedName[]): AskedName[] {
  return names.filter(({ kind, name }) => resolver !== "node-c-ares" || !NEEDS_SEARCH.has(kind) || name.endsWith("."));
}

const NEEDS_SEARCH: ReadonlySet<NameKind> = new Set(["short", "svc-ns", "svc-ns-svc"]);

/** What should come of a look-up of that kind; anything else is a failure. */
export function deserves(kind: NameKind): "ok" | "dns-nxdomain" {
  return kind === "missing" ? "dns-nxdomain" : "ok";
}

/** Outcomes as a user counts them: a name that does not exist, and is said not to, is well answered. */
export function judged(kind: NameKind, outcomes: Outcomes): Outcomes {
  const wanted = deserves(kind);
  const result: Outcomes = { ok: outcomes[wanted] ?? 0 };
  for (const [cause, count] of failuresIn(outcomes)) if (cause !== wanted && count > 0) result[cause] = count;
  // A missing name that was found is not what its asker should get.
  if (wanted !== "ok" && outcomes.ok > 0) result["dns-error"] = (result["dns-error"] ?? 0) + outcomes.ok;
  return result;
}
