import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { reasonOf } from "../../errors.ts";
import { faultOf } from "../../issue-words.ts";
import { readYamlFile, type YamlFile, yamlFile } from "../../yaml-file.ts";
import { assertSound } from "./checks.ts";
import { lengthS } from "./day.ts";
import { eventOf } from "./events.ts";
import type { Path } from "./fault.ts";
import { boundsOf } from "./limits.ts";
import type { Plan } from "./plan.ts";
import { PlanFile } from "./schema.ts";
import { assertAroundScript, bundled } from "./script.ts";
import { sloOf } from "./slos.ts";
import { targetOf } from "./targets.ts";
import { trafficOf } from "./traffic.ts";

/**
 * A plan with all its defaults filled in. Files that it names are looked for from its own folder on.
 * @param text its contents, where they were read already
 * @throws UsageError: one sentence with file, line and field
 */
export function readPlan(path: string, text?: string): Plan {
  return planAndFault(path, text).plan;
}

/**
 * The same, with scripts that are made ready to be run.
 * @throws UsageError: one sentence with file, line and field
 */
export async function readWholePlan(path: string): Promise<Plan> {
  const { plan, fault, shown } = planAndFault(path);
  const targets = await Promise.all(
    plan.targets.map((target, index) =>
      target.kind === "k6" ? bundled(target, shown(target.file), ["targets", index], fault) : target,
    ),
  );
  return { ...plan, targets: atLeastOne(targets) };
}

function planAndFault(path: string, text?: string) {
  const file = text === undefined ? readYamlFile(path, path) : yamlFile(text, path);
  const { fault } = file;
  if (typeof file.value !== "object" || file.value === null || Array.isArray(file.value))
    throw fault([], "is not a list of fields; begin with name:, targets: and traffic:");
  const parsed = PlanFile.safeParse(file.value);
  if (!parsed.success) throw faultOf(file, parsed.error.issues, PlanFile);
  const given = parsed.data;
  const beside = filesBeside(path, file);

  const targets = given.targets.map((target, index) => targetOf(target, ["targets", index], fault, beside.read));
  const traffic = trafficOf(given.traffic, fault, beside);
  const events = given.during.map((event, index) => eventOf(event, ["during", index], traffic.day, fault));
  const dayS = lengthS(traffic.day);
  const bounds = boundsOf(given, { dayS, expectedPeakPerSecond: traffic.expectedPeakPerSecond }, fault);
  const { run, stageS, longestStageS } = bounds.search;
  const known = { timeoutS: given.load.timeout, shortestS: Math.min(dayS, run ? (stageS ?? longestStageS) : dayS) };
  const slos = given.slos.map((slo, index) => sloOf(slo, ["slos", index], known, fault));
  const plan: Plan = {
    name: given.name,
    targets: atLeastOne(targets),
    traffic,
    events,
    slos: atLeastOne(slos),
    ...bounds,
    wantedHeadroom: given.headroom,
    load: {
      workers: given.load.workers,
      nodes: given.load.nodes,
      asClients: given.load.asClients,
      timeoutMs: Math.round(given.load.timeout * 1000),
    },
    seed: given.seed,
  };
  assertSound(plan, fault);
  assertAroundScript(plan, given.traffic, fault);
  return { plan, fault, shown: beside.shown };
}

/** Of a list that the schema has seen to. */
function atLeastOne<T>([first, ...others]: readonly T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new Error("the schema lets an empty list pass");
  return [first, ...others];
}

function filesBeside(plan: string, { fault }: YamlFile) {
  const shown = (file: string) => (isAbsolute(file) ? file : join(dirname(plan), file));
  return {
    shown,
    read(file: string, path: Path): string {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(shown(file)));
      } catch (error) {
        if (error instanceof TypeError) throw fault(path, `${shown(file)} is not text in UTF-8; save it as that`);
        throw fault(path, `${shown(file)} can't be read: ${reasonOf(error)}`);
      }
    },
  };
}
