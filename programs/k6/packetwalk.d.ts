/** packetwalk's flood for k6 scripts: there in packetwalk's own k6 (`npm run k6 -- run script.ts`). */
declare module "k6/x/packetwalk" {
  /**
   * When requests are sent, as runner/load/schedule makes it. The rates are those of one call of flood(): how many calls
   * there are, and on which instance of a distributed test, is up to the scenario's virtual users and iterations.
   */
  export interface FloodSchedule {
    readonly stages: ReadonlyArray<{
      readonly durationMs: number;
      readonly fromPerSecond: number;
      readonly toPerSecond: number;
    }>;
    /** Evenly, or independently of each other. Default constant. */
    readonly arrivals?: "constant" | "poisson";
  }

  export interface FloodOptions {
    /**
     * URL, http or https. A host name is resolved once, before the load, by k6's own rules (options hosts, dns,
     * blockHostnames, blacklistIPs): a flood measures no name resolution.
     */
    readonly target: string;
    /** Host header. Default: the URL's host. */
    readonly host?: string;
    readonly schedule: FloodSchedule;
    /** Of a request, from its scheduled instant. Default 10 000, at most 120 000. */
    readonly timeoutMs?: number;
    /** Requests beyond it end as not-sent. Default: room for all requests of one timeout; the limit of open files bounds it. */
    readonly maxInFlight?: number;
    /** Default GET. */
    readonly method?: string;
    /** Instead of the User-Agent and Accept that are sent otherwise, or beside them. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** 0 to 1: the share of requests on a connection that has served another. Default 0: each on a new one. */
    readonly keepAliveRatio?: number;
    /** Local IP addresses that connections come from in turn. */
    readonly sourceAddresses?: readonly string[];
    /** Of an https target. */
    readonly tls?: {
      /** Default: the URL's host. */
      readonly serverName?: string;
      /** Certificates to trust, PEM. Default: the system's. */
      readonly caPem?: string;
      readonly insecureSkipVerify?: boolean;
      /** Resume sessions, instead of a full handshake on each new connection. */
      readonly resume?: boolean;
    };
    /** How the client closes: as clients do, which keeps TIME_WAIT, or by reset, which leaves none. Default fin. */
    readonly closeWith?: "fin" | "rst";
    /** OS threads that share the load. Default 1. */
    readonly threads?: number;
    /** Length of the report's time slices. Default 1 000. */
    readonly sliceMs?: number;
    /** Same seed and virtual user, same arrivals. Default 0. */
    readonly seed?: number;
  }

  export interface Quantiles {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  }

  /** What a flood did. Times in ms; quantiles are null where nothing was recorded. */
  export interface FloodReport {
    readonly scheduled: number;
    /** All but not-sent. */
    readonly sent: number;
    /** How requests ended, e.g. `{ ok: 990, refused: 10 }`; they add up to `scheduled`. `ok` is always there. */
    readonly outcomes: Readonly<Record<string, number>> & { readonly ok: number };
    /** 0 to 1, of the scheduled requests. */
    readonly failedShare: number;
    /** From the scheduled instant to the end, of all that were sent, failures included. */
    readonly latencyMs: Quantiles | null;
    /** The same, of those that ended well. */
    readonly okLatencyMs: Quantiles | null;
    readonly connectMs: Quantiles | null;
    /** Of the handshake. */
    readonly tlsMs: Quantiles | null;
    /** From the request's last byte to the response's first. */
    readonly firstByteMs: Quantiles | null;
    /** How late the generator got to its requests. */
    readonly scheduleLagMs: Quantiles | null;
    /** Reasons why the generator, not the target, was the bottleneck: then the rest is not evidence. Empty if it was not. */
    readonly saturated: readonly string[];
    readonly startedAtUnixMs: number;
    readonly finishedAtUnixMs: number;
    readonly bytesRead: number;
    /** Requests on a connection that had served another. */
    readonly reused: number;
    /** Of the whole process, k6 included. */
    readonly cpuMs: number;
    readonly slices: ReadonlyArray<{
      readonly atMs: number;
      readonly scheduled: number;
      readonly ok: number;
      readonly failed: number;
      readonly p50Ms: number | null;
      readonly p99Ms: number | null;
    }>;
  }

  /**
   * Drives a flood and blocks this virtual user until its last request has ended. The requests are made by OS threads of
   * their own, not by virtual users: one is enough for thousands of connections a second. When k6 stops the virtual user
   * (abort, end of gracefulStop) no more requests are scheduled.
   *
   * Emits, for thresholds, summary and outputs:
   * - `packetwalk_requests` (counter, tag `outcome`), each second while the flood runs
   * - `packetwalk_failed_share` (gauge, 0 to 1), `packetwalk_not_sent` (counter), `packetwalk_saturated` (gauge, 0 or 1)
   * - `packetwalk_latency`, `packetwalk_ok_latency`, `packetwalk_connect`, `packetwalk_tls`, `packetwalk_schedule_lag`: gauges in ms, tag
   *   `quantile`: p50, p90, p99, p999 or max, e.g. `"packetwalk_latency{quantile:p99}": ["value<50"]`
   *
   * @throws Error that names the option that is wrong, or what kept the flood from running. It also fails the test run
   * (exit code 110 if nothing else failed), for k6 passes thresholds on metrics without samples.
   */
  export function flood(options: FloodOptions): FloodReport;
}
