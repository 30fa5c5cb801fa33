import type { UpstreamError } from "../../result/reasons.ts";

/** The kernel's own words, and those that proxies put in their place; the first that fits counts. */
const WORDS: readonly (readonly [RegExp, UpstreamError])[] = [
  [/connection refused/, "connection refused"],
  [/connection reset|broken pipe|remote reset/, "connection reset"],
  [/timed? ?out|timeout|deadline exceeded/, "timed out"],
  [/unreachable|no route to host/, "unreachable"],
  [/no healthy upstream|no available server|no live upstreams/, "no endpoint"],
  [/\beof\b|prematurely closed|server closed|connection_termination|connection termination/, "closed early"],
];

/** What a proxy's words for a failed try mean; underscores stand for spaces in Envoy's. */
export function upstreamErrorOf(words: string): UpstreamError {
  const plain = words.toLowerCase();
  const spaced = plain.replaceAll("_", " ");
  return WORDS.find(([pattern]) => pattern.test(plain) || pattern.test(spaced))?.[1] ?? "failed";
}
