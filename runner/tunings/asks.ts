import type { V1Deployment, V1Pod } from "@kubernetes/client-node";

/** What is made with a tuning, as far as whoever admits objects looks at it. */
export type Made =
  | { readonly resource: "pods"; readonly object: V1Pod }
  | { readonly resource: "deployments"; readonly object: V1Deployment };

/** One thing that has to be so wherever a tuning is to be applied. A kind says of each of its tunings what it asks. */
export type Ask =
  /** A privileged agent on each node. */
  | { readonly kind: "agents" }
  /** The cluster takes what is made with it. */
  | { readonly kind: "admission"; readonly made: Made }
  /** Kubelets start pods that have this sysctl. */
  | { readonly kind: "pod-sysctl"; readonly key: string }
  /** A field that API server and kubelet have since a minor version of Kubernetes: behind a gate, and then by default. */
  | { readonly kind: "feature"; readonly feature: string; readonly alpha: number; readonly beta: number }
  /** An address that nobody else has given to nodes. */
  | { readonly kind: "free-address"; readonly address: string }
  /** Pods and Services have IPv4 addresses first: by those pods reach what it puts up. */
  | { readonly kind: "ipv4" }
  /** Packets to Services pass the kernel's connection tracking. Without, it can be set and does nothing. */
  | { readonly kind: "conntrack" };
