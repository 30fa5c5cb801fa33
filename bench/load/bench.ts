/** The bench's plan: what is run, in which order, and what is kept of it. */
import { mean } from "../../runner/analysis/samples.ts";
import { reasonOf } from "../../runner/errors.ts";
import type { Progress } from "../../runner/progress.ts";
import { held, lagOf, type StallReading, stallOf, type ThroughputReading, throughputOf } from "./measure/reading.ts";
import { type Programs, type Run, run } from "./measure/run.ts";
import { highestHeld } from "./measure/search.ts";
import type { StallPlan } from "./measure/target.ts";
import { compileC } from "./programs/build.ts";
import type { ClosedTool, Load, OpenLoad, OpenTool, Ready, Tool } from "./tools/tool.ts";

export interface Size {
  /** Rounds; each runs every tool once, every second one in the opposite order. */
  readonly rounds: number;
  readonly searchMs: number;
  readonly throughputMs: number;
  readonly lagMs: number;
  readonly stallMs: number;
  readonly stall: StallPlan;
  /** Of closed loops. */
  readonly inFlight: number;
}

export const FULL: Size = {
  rounds: 5,
  searchMs: 1500,
  throughputMs: 3000,
  lagMs: 2000,
  stallMs: 4000,
  stall: { lengthMs: 200, everyMs: 1000 },
  inFlight: 64,
};

export const QUICK: Size = { ...FULL, rounds: 1, searchMs: 1000, throughputMs: 1000, lagMs: 1000, stallMs: 2000 };

/** Shares of a tool's own maximum at which its schedule lag is measured. */
const LAG_SHARES = { half: 0.5, most: 0.9 } as const;
type LagAt = keyof typeof LAG_SHARES;

/** With stalls every open loop runs at this rate, or at half of its maximum if that is less. */
const STALL_RATE_PER_SECOND = 1000;

export interface Schedule {
  /** The highest rate at which all was done, and about on time; as the last round had it. */
  readonly maximumPerSecond: number;
  /** p99.9, by the kernel's instants of the SYNs, one value a round. */
  readonly lagP999Ms: Readonly<Record<LagAt, readonly number[]>>;
}

export interface Memory {
  /** Largest resident size at a number of connections, and at four times that. */
  readonly onceBytes: number;
  readonly fourTimesBytes: number;
}

export type Outcome =
  | { readonly kind: "not-measured"; readonly why: string }
  | {
      readonly kind: "measured";
      readonly throughput: readonly ThroughputReading[];
      readonly stalls: readonly StallReading[];
      /** Null of a closed loop, which has none. */
      readonly schedule: Schedule | null;
      /** Of flood only. */
      readonly memory: Memory | null;
      /** Cores that everything else on the machine kept busy, the mean over all of the tool's runs. */
      readonly othersBusyCores: number;
      /** Runs that failed, and are in none of the above. */
      readonly problems: readonly string[];
    };

export interface ToolResult {
  readonly tool: Tool;
  readonly outcome: Outcome;
}

/** A tool in the middle of the bench. */
interface Contestant {
  readonly tool: Tool;
  readonly throughput: ThroughputReading[];
  readonly stalls: StallReading[];
  readonly lagP999Ms: Record<LagAt, number[]>;
  maximumPerSecond: number | null;
  memory: Memory | null;
  readonly othersBusyCores: number[];
  /** It can't be had here, or holds no rate: it takes no part. */
  out: boolean;
  /** Why, and which of its runs failed. */
  readonly problems: string[];
  run(durationMs: number, ratePerSecond: number | null, how?: { stall?: StallPlan; watched?: boolean }): Promise<Run>;
}

export async function bench(
  tools: readonly Tool[],
  size: Size,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly ToolResult[]> {
  const programs = await progress.step("Target and launcher", async (update) => ({
    launcher: await compileC("launch", update),
    target: await compileC("target", update),
    witness: await compileC("witness", update),
  }));
  const contestants: Contestant[] = [];
  for (const tool of tools) {
    contestants.push(await progress.step(tool.name, (update) => enter(tool, programs, size, update, signal)));
  }

  await progress.step("Highest rates", async (update) => {
    for (const each of taking(contestants)) {
      each.out = !(await attempt(each, signal, () => findMaximum(each, size, update)));
    }
    const found = contestants.filter(({ maximumPerSecond }) => maximumPerSecond !== null);
    update(found.map(({ tool, maximumPerSecond }) => `${tool.name} ${maximumPerSecond}/s`).join(", "));
  });
  for (let round = 0; round < size.rounds; round++) {
    await progress.step(`Round ${round + 1} of ${size.rounds}`, async (update) => {
      const order = round % 2 === 0 ? taking(contestants) : taking(contestants).reverse();
      const again = round === 0 ? [] : [raiseMaximum];
      for (const measure of [...again, measureThroughput, measureLag, measureStalls]) {
        for (const each of order) await attempt(each, signal, () => measure(each, size, update));
      }
      update("");
    });
  }
  await progress.step("Memory of flood", async (update) => {
    const flood = taking(contestants).find(({ tool }) => tool.name === "flood");
    if (flood) await attempt(flood, signal, () => measureMemory(flood, size, update));
    update("");
  });
  return contestants.map(resultOf);
}

const taking = (contestants: readonly Contestant[]) => contestants.filter(({ out }) => !out);

async function enter(
  tool: Tool,
  programs: Programs,
  size: Size,
  update: (detail: string) => void,
  signal: AbortSignal,
): Promise<Contestant> {
  const contestant: Contestant = {
    tool,
    throughput: [],
    stalls: [],
    lagP999Ms: { half: [], most: [] },
    maximumPerSecond: null,
    memory: null,
    othersBusyCores: [],
    out: false,
    problems: [],
    run: () => Promise.reject(new Error("not ready")),
  };
  contestant.out = !(await attempt(contestant, signal, async () => {
    const start = tool.loop === "open" ? await openStarter(tool, update) : await closedStarter(tool, update);
    contestant.run = async (durationMs, ratePerSecond, how = {}) => {
      const bound = { durationMs, ...start(ratePerSecond) };
      const done = await run(programs, bound, { inFlight: size.inFlight, ...how, signal });
      contestant.othersBusyCores.push(done.othersBusyCores);
      return done;
    };
  }));
  if (contestant.out) update(`not measured: ${contestant.problems[0]}`);
  return contestant;
}

type Starter = (ratePerSecond: number | null) => Ready<Load>;

async function closedStarter(tool: ClosedTool, update: (detail: string) => void): Promise<Starter> {
  const ready = await tool.prepare(update);
  return () => ready;
}

async function openStarter(tool: OpenTool, update: (detail: string) => void): Promise<Starter> {
  const ready: Ready<OpenLoad> = await tool.prepare(update);
  return (ratePerSecond) => {
    if (ratePerSecond === null) throw new Error("an open loop needs a rate");
    return { invoke: (load) => ready.invoke({ ...load, ratePerSecond }), read: (output) => ready.read(output) };
  };
}

/** What fails is written down, and the others go on. Tells whether it worked. */
async function attempt(contestant: Contestant, signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    contestant.problems.push(reasonOf(error));
    return false;
  }
}

type Measure = (contestant: Contestant, size: Size, update: (detail: string) => void) => Promise<void>;

const findMaximum: Measure = async (contestant, size, update) => {
  const { tool } = contestant;
  if (tool.loop === "closed") return;
  const found = await highestHeld(tool.firstGuessPerSecond, (rate) => holds(contestant, rate, size, update));
  if (found === null) throw new Error("it held no rate");
  contestant.maximumPerSecond = found;
};

/** Something else may have been busy during the search: each later round looks whether more is held by now. */
const raiseMaximum: Measure = async (contestant, size, update) => {
  if (contestant.maximumPerSecond === null) return;
  const test = (rate: number) => holds(contestant, rate, size, update);
  const higher = Math.round(1.1 * contestant.maximumPerSecond);
  if (await test(higher)) contestant.maximumPerSecond = Math.max(higher, (await highestHeld(higher, test)) ?? 0);
};

async function holds(
  { tool, run }: Contestant,
  ratePerSecond: number,
  { searchMs }: Size,
  update: (detail: string) => void,
): Promise<boolean> {
  update(`${tool.name} at ${ratePerSecond}/s`);
  return held(await run(searchMs, ratePerSecond), ratePerSecond, searchMs);
}

const measureThroughput: Measure = async (contestant, { throughputMs }, update) => {
  update(`${contestant.tool.name}, throughput`);
  contestant.throughput.push(throughputOf(await contestant.run(throughputMs, contestant.maximumPerSecond)));
};

const measureLag: Measure = async (contestant, { lagMs }, update) => {
  const { maximumPerSecond, tool } = contestant;
  if (maximumPerSecond === null) return;
  for (const at of ["half", "most"] as const) {
    const ratePerSecond = Math.round(LAG_SHARES[at] * maximumPerSecond);
    update(`${tool.name}, schedule lag at ${ratePerSecond}/s`);
    const watched = await contestant.run(lagMs, ratePerSecond, { watched: true });
    contestant.lagP999Ms[at].push(lagOf(watched, ratePerSecond).p999Ms);
  }
};

const measureStalls: Measure = async (contestant, { stallMs, stall }, update) => {
  const { maximumPerSecond, tool } = contestant;
  update(`${tool.name}, stalls`);
  const rate = maximumPerSecond === null ? null : Math.min(STALL_RATE_PER_SECOND, Math.round(maximumPerSecond / 2));
  contestant.stalls.push(stallOf(await contestant.run(stallMs, rate, { stall }), rate));
};

/** The rate differs, not the time: reports grow with the time, by their slices, in a way that is known. */
const measureMemory: Measure = async (contestant, { lagMs }, update) => {
  const { maximumPerSecond, tool } = contestant;
  if (maximumPerSecond === null) return;
  const at = async (ratePerSecond: number) => {
    update(`${tool.name} at ${ratePerSecond}/s`);
    return (await contestant.run(2 * lagMs, ratePerSecond)).usage.maxRssBytes;
  };
  const ratePerSecond = Math.round(maximumPerSecond / 8);
  contestant.memory = { onceBytes: await at(ratePerSecond), fourTimesBytes: await at(4 * ratePerSecond) };
};

function resultOf(contestant: Contestant): ToolResult {
  const { tool, out, problems, throughput, stalls, maximumPerSecond, lagP999Ms, memory } = contestant;
  if (out || throughput.length === 0) return { tool, outcome: { kind: "not-measured", why: problems.join("; ") } };
  const schedule = maximumPerSecond === null ? null : { maximumPerSecond, lagP999Ms };
  const othersBusyCores = mean(contestant.othersBusyCores);
  return { tool, outcome: { kind: "measured", throughput, stalls, schedule, memory, othersBusyCores, problems } };
}
