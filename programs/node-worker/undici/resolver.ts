import { lookup } from "node:dns";

/**
 * getaddrinfo blocks a thread of libuv's pool, and libuv gives it at most half of them. Beyond so many at once, look-ups
 * wait for the generator.
 */
export const LOOKUPS_AT_ONCE = 128;
/** To be set before the pool is first used. */
export const THREAD_POOL_SIZE = 2 * LOOKUPS_AT_ONCE;

/** Looks names up as applications do: resolv.conf's search list, /etc/hosts, no cache. */
export class Resolver {
  #inFlight = 0;
  /** So many look-ups were under way at once. */
  most = 0;

  lookup(name: string, done: (error: NodeJS.ErrnoException | null, address: string) => void): void {
    this.most = Math.max(this.most, ++this.#inFlight);
    lookup(name, (error, address) => {
      this.#inFlight--;
      done(error, address);
    });
  }
}
