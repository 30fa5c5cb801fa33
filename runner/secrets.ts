/** What a message must never show: tokens, passwords. They are known to whoever read them, and cut out wherever words are made. */
const known = new Set<string>();

/** Shorter ones, and shorter lines of one that has several, would be found in ordinary words. */
const SHORTEST = 5;
const SHORTEST_PART = 8;

/** Credentials that are recognised by their looks: JSON Web Tokens, EKS tokens, Authorization headers, user:password@ of URLs. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, "***"],
  [/\bk8s-aws-v1\.[\w-]+/g, "***"],
  [/\b(Bearer|Basic) +[\w~+/.=-]{8,}/gi, "$1 ***"],
  [/(\w:\/\/)[^\s/@"']+@/g, "$1***@"],
];

/** From now on no message that is made by `withoutSecrets` shows it. */
export function keepSecret(...secrets: readonly (string | undefined)[]): void {
  for (const secret of secrets) {
    if (secret === undefined) continue;
    if (secret.length >= SHORTEST) known.add(secret);
    for (const part of secret.split(/\s+/)) if (part.length >= SHORTEST_PART) known.add(part);
  }
}

/** The text with every secret cut out. */
export function withoutSecrets(text: string): string {
  let clean = text;
  // A longer one may hold a shorter one.
  for (const secret of [...known].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, "***");
  for (const [looks, instead] of LOOKS) clean = clean.replace(looks, instead);
  return clean;
}
