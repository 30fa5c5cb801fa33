/** The night that tonight's arm is held against: found before anything runs, or refused in one sentence. */
import { readFileSync } from "node:fs";
import { clusterOf, factsOf, nightOf } from "../analysis/history/night.ts";
import { reasonOf, UsageError } from "../errors.ts";
import type { EarlierArm } from "../experiment/against-night.ts";
import { describeLoad } from "../experiment/describe-load.ts";
import { defaultStore, openStore } from "../history/open.ts";
import type { Entry } from "../history/store.ts";
import { isMeasurement, parseMeasurement } from "../result/measurement.ts";
import type { Night } from "../result/night.ts";
import { parseResult, UnreadableResult } from "../result/read.ts";
import type { EarlierNight } from "../result/result.ts";
import type { Target } from "../result/target.ts";
import { askedOf, CLUSTER_EACH } from "./asked.ts";
import { type Experiment, engineName, type Task } from "./compare-plan.ts";
import { resultFiles } from "./result-files.ts";
import { VERSION } from "./version.ts";

/** By so many of the latest good nights it is known how far nights differ. */
const MOST_NIGHTS = 20;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
type Stored = Omit<Entry, "document">;

/** @throws UsageError, StoreError */
export async function earlierArm(task: Task, target: Target, options: Experiment): Promise<EarlierArm> {
  const { against: from = "last-good", store: where } = options;
  const { suite, arms } = task;
  const arm = arms.tuned.name;
  const tonight = tonightOf(task, target, options);
  const isByName = from === "last-good" || DATE.test(from);
  const store = isByName || where !== undefined ? await openStore(where ?? defaultStore(), "read") : null;
  try {
    const own = ((await store?.stored()) ?? []).filter(
      ({ night }) =>
        night.suite === suite.name && night.verdict !== "invalid" && night.arms.some(({ name }) => name === arm),
    );
    const { night, document } = isByName
      ? await (async () => {
          const { id, night } = chosen(own, from, tonight, options);
          return { night, document: await store?.document(id) };
        })()
      : fromFile(from, suite.name);
    const { evidence } = await suite.judging();
    const told = partOf(document, arm, { name: suite.name, evidence }, from);
    const known = night ?? told.night;
    const differing = meaningless(known, tonight, arm, options.force === true);
    if (differing !== null)
      throw new UsageError(`--against ${from}: ${suite.name} can't be held against it: ${differing}`);
    const nights = own.filter((each) => isGood(each.night, arm) && meaningless(each.night, known, arm, false) === null);
    return {
      ...told,
      from,
      night: known,
      nights: withItself(
        nights.map((each) => each.night),
        known,
        arm,
      ),
    };
  } catch (error) {
    if (error instanceof UnreadableResult) throw new UsageError(`--against ${from}: ${error.message}`);
    throw error;
  } finally {
    await store?.close();
  }
}

/** Tonight, as far as it is known before it runs. */
type Tonight = Pick<Night, "cluster" | "suite" | "size" | "facts" | "asked"> & { readonly flags: readonly string[] };

function tonightOf(task: Task, target: Target, options: Experiment): Tonight {
  const load = describeLoad(engineName(task), task.plan.load);
  return {
    ...{ cluster: clusterOf(target), suite: task.suite.name, size: task.size },
    facts: factsOf({ target, load, packetwalk: VERSION }),
    asked: askedOf(task, options),
    // Its own options decide what it asks.
    flags: Object.values(task.suite.options).map(({ flags }) => flags.split(/[ ,]/)[0] ?? flags),
  };
}

/** Regressed is what a comparison says of its tuned arm, or of one arm since a night: of a baseline it says nothing. */
function isGood({ verdict, arms }: Night, arm: string): boolean {
  const role = arms.find(({ name }) => name === arm)?.role;
  return verdict !== "invalid" && (verdict !== "regressed" || role === "baseline");
}

function chosen(own: readonly Stored[], from: string, tonight: Tonight, options: Experiment): Stored {
  const where = options.store ?? defaultStore();
  const { suite, arm = "" } = {
    suite: tonight.suite,
    arm: options.suites.find((each) => each.suite.name === tonight.suite)?.arms.tuned.name,
  };
  const asked = own.filter(({ night }) => (from === "last-good" ? isGood(night, arm) : night.at.startsWith(from)));
  const found = asked.filter(({ night }) => meaningless(night, tonight, arm, options.force === true) === null).at(-1);
  if (found) return found;
  const last = asked.at(-1);
  const why =
    last === undefined
      ? `${where} has no ${from === "last-good" ? "good night" : `valid run of ${from}`} of ${suite} with arm ${arm}`
      : `of ${asked.length} in ${where} none can be compared with tonight; in the last one ${meaningless(last.night, tonight, arm, options.force === true)}`;
  throw new UsageError(
    `--against ${from}: ${why}; measure one with packetwalk run ${suite} --arm ${arm} --store ${where}`,
  );
}

/** What makes a comparison of two nights say nothing, in a clause; null: nothing does. */
function meaningless(
  before: Pick<Night, "cluster" | "size" | "facts" | "asked">,
  tonight: Pick<Night, "cluster" | "size" | "facts" | "asked"> & { readonly flags?: readonly string[] },
  arm: string,
  force: boolean,
): string | null {
  // What is known of such a night is the baseline cluster's, whichever arm is meant: nobody can insist on it.
  if (before.asked?.[CLUSTER_EACH] !== undefined)
    return "each arm had a cluster of its own then, and tonight there is one";
  if (before.size !== tonight.size) return `it was of size ${before.size}, and tonight is ${tonight.size}`;
  for (const what of ["engine", "load"]) {
    if (before.facts[what] !== tonight.facts[what])
      return `its ${what} was ${before.facts[what] ?? "not known"}, and tonight it is ${tonight.facts[what] ?? "not known"}`;
  }
  if (before.facts["side by side"] === "yes") return `${arm} shared the cluster with another arm then, side by side`;
  for (const flag of tonight.flags ?? []) {
    const [was, is] = [before.asked?.[flag], tonight.asked?.[flag]];
    if (was !== is) return `${flag} was ${was ?? "not given"}, and is ${is ?? "not given"}`;
  }
  if (force) return null;
  if (/^context:/.test(before.cluster) || /^context:/.test(tonight.cluster))
    return "whether it was on the same cluster can't be told, as namespace kube-system can't be read (--force takes it for the same)";
  return before.cluster === tonight.cluster
    ? null
    : `it was on cluster ${before.cluster}, and this is ${tonight.cluster} (--force compares them all the same)`;
}

function fromFile(path: string, suite: string): { readonly night: null; readonly document: unknown } {
  const documents = resultFiles(path).map((file) => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as unknown;
    } catch (error) {
      throw new UsageError(`--against ${path}: ${file} can't be read: ${reasonOf(error)}`);
    }
  });
  const own = documents.filter(
    (each) => typeof each === "object" && each !== null && "suite" in each && each.suite === suite,
  );
  if (own.length === 1) return { night: null, document: own[0] };
  throw new UsageError(
    `--against ${path}: it holds ${own.length === 0 ? "no result" : "several results"} of ${suite}; name the file of one`,
  );
}

/** What a document has of one arm. */
function partOf(
  document: unknown,
  arm: string,
  suite: Parameters<typeof parseResult>[1][number],
  from: string,
): Omit<EarlierArm, "from" | "nights"> {
  if (isMeasurement(document)) {
    const measured = parseMeasurement(document, [suite]);
    if (measured.arm.name !== arm) throw noArm(from, arm, [measured.arm.name]);
    if (measured.state === "invalid") throw new UsageError(`--against ${from}: that run was invalid; name another one`);
    return { night: nightOf(measured), blocks: measured.arm.blocks, tunings: measured.tunings };
  }
  const result = parseResult(document, [suite]);
  if (result.verdict === "invalid") throw new UsageError(`--against ${from}: that run was invalid; name another one`);
  // Of one that was held against a night itself, that night's blocks are not its own.
  const measured = result.against === undefined ? result.arms : [result.arms[1]];
  const found = measured.find(({ name }) => name === arm);
  if (!found)
    throw noArm(
      from,
      arm,
      measured.map(({ name }) => name),
    );
  const tunings = result.tunings.filter((each) => each.arm === arm);
  return { night: nightOf(result), blocks: found.blocks, tunings };
}

function noArm(from: string, arm: string, there: readonly string[]): UsageError {
  return new UsageError(
    `--against ${from}: there is no arm ${arm} in it, but ${there.join(" and ")}; name one of them with --tuned`,
  );
}

function withItself(nights: readonly Night[], itself: Night, arm: string): EarlierNight[] {
  const others = nights.filter(({ at }) => at !== itself.at);
  return [...others, itself]
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .slice(-MOST_NIGHTS)
    .map(({ at, metrics }) => ({
      at,
      values: Object.fromEntries(
        metrics.flatMap(({ name, values }) => (values[arm] == null ? [] : [[name, values[arm]] as const])),
      ),
    }));
}
