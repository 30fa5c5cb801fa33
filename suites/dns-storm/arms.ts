import type { Arms } from "../../runner/tunings/tuning.ts";
import type { DnsTuning } from "./tunings.ts";

export const ARMS: Arms<DnsTuning> = {
  baseline: [],
  // single-request-reopen is one option, and one claim for each libc: both read it in the same resolv.conf.
  article: ["ndots-2", "single-request-reopen", "single-request-reopen-musl"],
  ndots2: ["ndots-2"],
  "single-request-reopen": ["single-request-reopen", "single-request-reopen-musl"],
  fqdn: ["final-dot"],
  autopath: ["autopath"],
  cache: ["cache-prefetch-stale"],
  "node-local-cache": ["node-local-cache"],
  replicas: ["replicas-2"],
  // ndots 2 is left out for what it costs; a final dot does more, to every name and in every libc.
  recommended: ["final-dot", "cache-prefetch-stale", "replicas-2"],
  placebo: ["attempts-2"],
};
