/** How Services are led to pods: kube-proxy's modes. */
export const PROXY_MODES = ["iptables", "nftables", "ipvs"] as const;
export type ProxyMode = (typeof PROXY_MODES)[number];

/** What a tuning asks of a cluster as it was built: nobody sets it while a run goes on. */
export interface LabNeed {
  readonly proxy: ProxyMode;
}
