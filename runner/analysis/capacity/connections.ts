/**
 * What breaks first, and when: the capacity model of a node's conntrack table and of its clients' ports.
 * Each equation says where it comes from and refuses to answer where it does not hold.
 * Conventions: rates are new connections per second, times are seconds, entries are conntrack entries.
 */

/** An answer, or the reason why the equation says nothing here. */
export type Applied<T> = ({ readonly applies: true } & T) | { readonly applies: false; readonly because: DoesNotApply };

/** Why an equation says nothing here. */
export type DoesNotApply =
  | "rate-or-timeout"
  | "no-clients-or-ports"
  | "no-load"
  | "no-timeout"
  | "prefill-expires-at-once"
  | "no-clients"
  | "entries-die-first"
  | "ports-run-out";

/** Length of TIME_WAIT: TCP_TIMEWAIT_LEN in the kernel's include/net/tcp.h, a constant that no sysctl changes. */
export const TIME_WAIT_S = 60;
/**
 * How long an expired entry stays in the table until the garbage collector meets it. Measured on Linux 6.18: 9 to 16 s
 * at 400 connections/s (the kernel scans every 1 to 60 s, GC_SCAN_INTERVAL_MIN/MAX in nf_conntrack_core.c).
 */
export const GC_LAG_S = 12;

export interface Table {
  readonly limit: number;
  /** Entries when the load begins, prefilled ones included. */
  readonly startEntries: number;
  /** Those of them that were put there on purpose, and when they expire, counted from the load's start. */
  readonly prefillEntries: number;
  readonly prefillTimeoutS: number;
}

export interface Flow {
  /** Requests per second that make an entry in this node's table; each makes one. */
  readonly ratePerSecond: number;
  /** Timeout of the state in which they end: 120 s in TIME_WAIT by default, 10 s after a reset. */
  readonly timeoutS: number;
  readonly gcLagS: number;
}

/** From where to where: each (client, destination address, destination port) is a group with its own ports. */
export interface Clients {
  readonly pods: number;
  /** Service addresses and ports that each pod talks to; a ClusterIP is one, however many backends it has. */
  readonly destinations: number;
  readonly portRange: readonly [number, number];
}

/** Ports in net.ipv4.ip_local_port_range, both ends included: 28,232 by default. */
export function portsIn([low, high]: readonly [number, number]): number {
  return Math.max(0, high - low + 1);
}

function groupsOf({ pods, destinations }: Clients): number {
  return pods * destinations;
}

/**
 * Entries that a steady flow holds: N = r · (T + g). Little's law; each entry lives for its state's timeout plus the
 * collector's lag.
 */
export function steadyEntries({ ratePerSecond, timeoutS, gcLagS }: Flow): Applied<{ entries: number }> {
  if (ratePerSecond < 0 || timeoutS <= 0) return no("rate-or-timeout");
  return { applies: true, entries: ratePerSecond * (timeoutS + gcLagS) };
}

/** Most entries that these clients can ever hold: one per tuple, so N ≤ groups · ports. */
export function tupleCeiling(clients: Clients): Applied<{ entries: number }> {
  const entries = groupsOf(clients) * portsIn(clients.portRange);
  return entries > 0 ? { applies: true, entries } : no("no-clients-or-ports");
}

/**
 * Where entries outlive TIME_WAIT, clients come back to ports whose entry is still there: it is refreshed, not added.
 * Per group with rate r and pool P: h = r / (P − 60 r), N = 60 r + r · (1 − e^(−h (T−60))) / h.
 * Fitted on Linux 6.18 (4 groups at 100/s: model 41.0k, measured 40k to 43k), where connect() seems to prefer ports of
 * one parity, so P is half the range; that explanation is inferred, not traced.
 */
export function reusePlateau(flow: Flow, clients: Clients): Applied<{ entries: number }> {
  const comeback = comebackRate(flow, clients);
  return comeback.applies
    ? { applies: true, entries: thinnedEntries(flow.timeoutS, comeback.perSecond, flow) }
    : comeback;
}

/** Entries in the table `atS` seconds after the load's start, at most the limit. */
export function entriesAt(atS: number, table: Table, flow: Flow, clients: Clients): number {
  return Math.min(table.limit, standing(atS, table) + grownEntries(Math.max(0, atS), flow, clients));
}

/**
 * When the table is full: t = (limit − start) / r, later where ports come back to live entries; never (null) if the
 * flow cannot hold that many entries at once.
 */
export function timeToExhaustion(table: Table, flow: Flow, clients: Clients): Applied<{ seconds: number | null }> {
  if (flow.ratePerSecond <= 0) return no("no-load");
  if (table.startEntries >= table.limit) return { applies: true, seconds: 0 };
  for (const [from, until] of standingPhases(table)) {
    const seconds = timeToGrow(table.limit - standing(from, table), flow, clients);
    if (seconds !== null && seconds < until) return { applies: true, seconds };
  }
  return { applies: true, seconds: null };
}

/** Rate above which the table fills in the end: (limit − start) / (T + g). */
export function criticalRate(table: Table, flow: Flow): Applied<{ perSecond: number }> {
  if (flow.timeoutS <= 0) return no("no-timeout");
  const free = Math.max(0, table.limit - table.startEntries + table.prefillEntries);
  return { applies: true, perSecond: free / (flow.timeoutS + flow.gcLagS) };
}

/**
 * New entries per second that a full table still admits: as many as expire. In the long run limit / (T + g); before the
 * flow's first entry expires, none. What the collector evicts early above 95 % of the limit (nf_conntrack_max95 in
 * nf_conntrack_core.c) comes on top and is not modelled.
 * @param atS seconds after the load's start
 */
export function admittedRate(atS: number, table: Table, flow: Flow): Applied<{ perSecond: number }> {
  if (flow.ratePerSecond <= 0) return no("no-load");
  if (table.prefillEntries > 0 && atS >= table.prefillTimeoutS) {
    return no("prefill-expires-at-once");
  }
  if (atS < flow.timeoutS) return { applies: true, perSecond: 0 };
  const ofItsOwn = table.limit - table.startEntries;
  return { applies: true, perSecond: Math.min(flow.ratePerSecond, ofItsOwn / (flow.timeoutS + flow.gcLagS)) };
}

/**
 * When a client has no port left for its destination: after P / r seconds, if that is before TIME_WAIT gives the first
 * one back (60 s); else never (null). The sustained maximum is P / 60 per group: 470 connections/s by default.
 */
export function portExhaustion(
  ratePerSecond: number,
  clients: Clients,
): Applied<{ seconds: number | null; mostPerSecond: number }> {
  const groups = groupsOf(clients);
  const ports = portsIn(clients.portRange);
  if (groups === 0 || ports === 0) return no("no-clients-or-ports");
  if (ratePerSecond <= 0) return no("no-load");
  const seconds = ports / (ratePerSecond / groups);
  return {
    applies: true,
    seconds: seconds < TIME_WAIT_S ? seconds : null,
    mostPerSecond: (groups * ports) / TIME_WAIT_S,
  };
}

function no(because: DoesNotApply): { readonly applies: false; readonly because: DoesNotApply } {
  return { applies: false, because };
}

/** Per group, how fast clients come back to ports whose entry is alive: h = r / (P − 60 r), from 60 s on. */
function comebackRate(flow: Flow, clients: Clients): Applied<{ perSecond: number }> {
  const groups = groupsOf(clients);
  if (groups === 0) return no("no-clients");
  if (flow.ratePerSecond <= 0) return no("no-load");
  if (flow.timeoutS <= TIME_WAIT_S) return no("entries-die-first");
  const rate = flow.ratePerSecond / groups;
  const busy = TIME_WAIT_S * rate;
  const half = portsIn(clients.portRange) / 2;
  const pool = busy < half ? half : 2 * half;
  if (busy >= pool) return no("ports-run-out");
  return { applies: true, perSecond: rate / (pool - busy) };
}

/** Entries of the whole flow after `atS` (60 s or more), when only a share e^(−h (t−60)) of the requests adds one. */
function thinnedEntries(atS: number, comebackPerSecond: number, { ratePerSecond, timeoutS }: Flow): number {
  const beyond = Math.min(atS, timeoutS) - TIME_WAIT_S;
  return ratePerSecond * (TIME_WAIT_S + (1 - Math.exp(-comebackPerSecond * beyond)) / comebackPerSecond);
}

/** What the flow itself has added after `atS`. */
function grownEntries(atS: number, flow: Flow, clients: Clients): number {
  const ceiling = tupleCeiling(clients);
  const comeback = comebackRate(flow, clients);
  const grown =
    comeback.applies && atS > TIME_WAIT_S
      ? thinnedEntries(atS, comeback.perSecond, flow)
      : flow.ratePerSecond * Math.min(atS, flow.timeoutS + flow.gcLagS);
  return Math.min(grown, ceiling.applies ? ceiling.entries : 0);
}

/** Inverse of {@link grownEntries}: when the flow has added so many; null: it never holds that many at once. */
function timeToGrow(entries: number, flow: Flow, clients: Clients): number | null {
  const ceiling = tupleCeiling(clients);
  if (!ceiling.applies || entries > ceiling.entries) return null;
  const straight = entries / flow.ratePerSecond;
  const comeback = comebackRate(flow, clients);
  if (!comeback.applies) return straight <= flow.timeoutS + flow.gcLagS ? straight : null;
  if (straight <= TIME_WAIT_S) return straight;
  const fresh = 1 - comeback.perSecond * (straight - TIME_WAIT_S);
  const seconds = fresh > 0 ? TIME_WAIT_S - Math.log(fresh) / comeback.perSecond : Number.POSITIVE_INFINITY;
  return seconds <= flow.timeoutS ? seconds : null;
}

/** Entries that are not the flow's: what was there, until the prefilled ones expire. */
function standing(atS: number, { startEntries, prefillEntries, prefillTimeoutS }: Table): number {
  return prefillEntries > 0 && atS >= prefillTimeoutS ? startEntries - prefillEntries : startEntries;
}

function standingPhases({ prefillEntries, prefillTimeoutS }: Table): [number, number][] {
  return prefillEntries > 0
    ? [
        [0, prefillTimeoutS],
        [prefillTimeoutS, Number.POSITIVE_INFINITY],
      ]
    : [[0, Number.POSITIVE_INFINITY]];
}
