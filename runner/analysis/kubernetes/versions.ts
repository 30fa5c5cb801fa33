/** The second number of "v1.33.5-eks-113cf36" or "registry.k8s.io/kube-proxy:v1.31.0"; null where there is none. */
export function minorOf(version: string): number | null {
  const minor = /v?1\.(\d+)(?:\.\d+|$|\+|-)/.exec(version)?.[1];
  return minor === undefined ? null : Number(minor);
}

/** How far a component may stay behind its API server, since Kubernetes 1.28 (version-skew-policy). */
export const MOST_BEHIND = 3;

export type Skew = { readonly kind: "newer" | "too-old"; readonly by: number };

/** Null where both go together, or a version does not say. */
export function skewOf(component: string, server: string): Skew | null {
  const [own, api] = [minorOf(component), minorOf(server)];
  if (own === null || api === null) return null;
  if (own > api) return { kind: "newer", by: own - api };
  return api - own > MOST_BEHIND ? { kind: "too-old", by: api - own } : null;
}

export function skewWords({ kind, by }: Skew): string {
  const minors = `${by} minor version${by === 1 ? "" : "s"}`;
  return kind === "newer" ? `${minors} newer than the API server` : `${minors} behind the API server`;
}
