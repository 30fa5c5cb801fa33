/** Where a comparison takes place: on one cluster, or each arm on one of its own. */
import type { Role } from "../result/result.ts";

/** Something of each cluster. */
export type Sites<T> =
  | { readonly clusters: "one"; readonly both: T }
  | { readonly clusters: "two"; readonly baseline: T; readonly tuned: T };

/** Whose cluster it is; "both": there is one. */
export type SiteRole = Role | "both";

export function oneSite<T>(both: T): Sites<T> {
  return { clusters: "one", both };
}

/** The baseline's first. */
export function entriesOf<T>(sites: Sites<T>): readonly (readonly [SiteRole, T])[] {
  return sites.clusters === "one"
    ? [["both", sites.both]]
    : [
        ["baseline", sites.baseline],
        ["tuned", sites.tuned],
      ];
}

export function allSites<T>(sites: Sites<T>): readonly T[] {
  return entriesOf(sites).map(([, each]) => each);
}

/** Where the baseline is. */
export function baselineSite<T>(sites: Sites<T>): T {
  return sites.clusters === "one" ? sites.both : sites.baseline;
}

/** @throws Error if there are two */
export function onlySite<T>(sites: Sites<T>): T {
  if (sites.clusters === "one") return sites.both;
  throw new Error("one arm alone has one cluster, and here are two");
}

/** One after the other, the baseline's first. */
export async function mapSites<T, U>(
  sites: Sites<T>,
  of: (each: T, role: SiteRole) => Promise<U> | U,
): Promise<Sites<U>> {
  if (sites.clusters === "one") return oneSite(await of(sites.both, "both"));
  const baseline = await of(sites.baseline, "baseline");
  return { clusters: "two", baseline, tuned: await of(sites.tuned, "tuned") };
}

/** @throws Error if they are not of the same clusters */
export function zipSites<T, U, V>(one: Sites<T>, other: Sites<U>, of: (each: T, its: U) => V): Sites<V> {
  if (one.clusters === "one" && other.clusters === "one") return oneSite(of(one.both, other.both));
  if (one.clusters === "two" && other.clusters === "two")
    return { clusters: "two", baseline: of(one.baseline, other.baseline), tuned: of(one.tuned, other.tuned) };
  throw new Error("one is of one cluster, the other of two");
}
