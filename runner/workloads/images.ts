/** Image references of what packetwalk deploys. The lab builds its own; elsewhere these are options. */
export interface Images {
  readonly agent: string;
  readonly web: string;
}

/** Short names: each cluster's runtime resolves them against its own default registry. */
export const DEFAULT_IMAGES: Images = { agent: "packetwalk/agent:0.1.0", web: "nginx:1.28" };
