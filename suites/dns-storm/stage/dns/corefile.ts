/** How long, and what, the DNS under test keeps of answers. */
export interface CacheOptions {
  /** Longest time for any answer, in seconds; what is kept shorter says so itself. */
  readonly ttlSeconds: number;
  /** Asks anew, before they run out, for names that are asked for often. */
  readonly prefetch: boolean;
  /** Answers with what ran out, for so many seconds, while it asks anew; 0: never. */
  readonly serveStaleSeconds: number;
}

/** What a Corefile can be changed in. */
export interface CorefileOptions {
  /** Tries the client's search list on its behalf. Needs to know every pod of the cluster. */
  readonly autopath: boolean;
  readonly cache: CacheOptions;
  /** Queries being forwarded at once, beyond which more are refused. */
  readonly maxConcurrent: number;
}

/** As kubeadm sets CoreDNS up. */
export const USUAL_COREFILE: CorefileOptions = {
  autopath: false,
  cache: { ttlSeconds: 30, prefetch: false, serveStaleSeconds: 0 },
  maxConcurrent: 1000,
};

/**
 * Fills a Corefile's blanks in.
 * @param upstream IP address of the server to forward to
 * @throws Error if the template has a blank that nobody knows
 */
export function corefile(template: string, upstream: string, options: CorefileOptions): string {
  const values: Readonly<Record<string, string>> = {
    PODS: options.autopath ? "verified" : "insecure",
    AUTOPATH: options.autopath ? "autopath @kubernetes" : "",
    UPSTREAM: upstream,
    MAX_CONCURRENT: String(options.maxConcurrent),
    CACHE: cache(options.cache),
  };
  return fill(template, values);
}

/** Replaces each {{NAME}}; a line that was nothing but a name without a value goes. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template
    .split("\n")
    .flatMap((line) => {
      const filled = line.replace(/{{(\w+)}}/g, (blank, name: string) => {
        const value = values[name];
        if (value === undefined) throw new Error(`nobody knows what ${blank} stands for`);
        return value;
      });
      return filled.trim() === "" && line.trim() !== "" ? [] : [filled];
    })
    .join("\n");
}

/** Arguments of the cache plugin, and its block if there is more to say. */
function cache({ ttlSeconds, prefetch, serveStaleSeconds }: CacheOptions): string {
  const settings = [
    ...(prefetch ? ["prefetch 10 60s 20%"] : []),
    ...(serveStaleSeconds > 0 ? [`serve_stale ${serveStaleSeconds}s`] : []),
  ];
  if (settings.length === 0) return String(ttlSeconds);
  return [`${ttlSeconds} {`, ...settings.map((each) => `       ${each}`), "    }"].join("\n");
}
