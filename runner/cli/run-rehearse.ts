import { createHash } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { rehearsalMarkdown } from "../../reports/rehearsal/markdown.ts";
import { rehearsalWords } from "../../reports/rehearsal/terminal.ts";
import { rehearsalJson } from "../../reports/rehearsal/write.ts";
import { TUNINGS_OF_CHANGES } from "../analysis/rehearsal/changes.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { Interrupted, reasonOf } from "../errors.ts";
import { openGround } from "../experiment/ground.ts";
import { areThere } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { Plan } from "../rehearsal/plan/plan.ts";
import { readWholePlan } from "../rehearsal/plan/read.ts";
import { beyondTargets } from "../rehearsal/run/beyond-targets.ts";
import { readCapacity } from "../rehearsal/run/capacity.ts";
import { conclude } from "../rehearsal/run/conclude.ts";
import type { RehearsalGround } from "../rehearsal/run/ground.ts";
import { readIdle } from "../rehearsal/run/idle.ts";
import { readyTargets } from "../rehearsal/run/ready.ts";
import { rehearse, type WholeViewer } from "../rehearsal/run/rehearse.ts";
import { assertRights } from "../rehearsal/run/rights.ts";
import { type FoundTarget, findTarget, isOneTarget } from "../rehearsal/run/targets.ts";
import type { Rehearsal, RehearsedEvent, RehearsedStage } from "../result/rehearsal.ts";
import { shellWord } from "../shell-word.ts";
import { deployWeb } from "../workloads/web.ts";
import { exitCodeOfRehearsal } from "./exit-codes.ts";
import { experimentCommands } from "./experiment-command.ts";
import { abortOnSignals } from "./interrupt.ts";
import { type OpenTarget, openTarget } from "./open-target.ts";
import { releaseAll } from "./open-targets.ts";
import type { PrometheusOptions } from "./prometheus-options.ts";
import { readRehearsal, rehearsalFolder } from "./rehearsal-folder.ts";
import { type Allowed, assertAllowed, confirm, confirmWords } from "./rehearse-confirm.ts";
import { clusterDomains } from "./rehearse-domains.ts";
import {
  type AskedPrometheus,
  askedPrometheus,
  openReadings,
  openWriting,
  prometheusWords,
} from "./rehearse-prometheus.ts";
import { restoreBefore } from "./restore-before.ts";
import { assertRestored, isInTheWay } from "./restore-interrupted.ts";
import { openSession, putBack, type Session } from "./session.ts";
import { type TargetOptions, targetWords } from "./target-options.ts";
import { tellError } from "./tell-error.ts";
import { terminalOf } from "./terminal-of.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { VERSION } from "./version.ts";
import { UNWATCHED, watchRehearsal } from "./watch/rehearsal.ts";

export interface RehearseOptions extends TargetOptions, Allowed, PrometheusOptions {
  readonly against?: string;
  readonly out: string;
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly md?: boolean;
}

/** Rehearses a plan, writes and prints the sheet, and gives the exit code. */
export async function runRehearse(path: string, options: RehearseOptions): Promise<number> {
  const plan = await readWholePlan(path);
  const asked = askedPrometheus(options, process.env);
  const before = options.against === undefined ? undefined : readRehearsal(options.against);
  const folder = rehearsalFolder(options.out);
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  try {
    const { rehearsal, errors: meanwhile } = await onTarget(plan, path, { ...options, asked }, progress, signal);
    progress.stop();
    const errors = [...meanwhile];
    if (rehearsal) {
      // What was found is printed, wherever it could not be written.
      const files = await folder.write(rehearsal, before).catch((error: unknown) => {
        errors.push(error);
        return [];
      });
      process.stdout.write(
        options.json
          ? rehearsalJson(rehearsal)
          : options.md
            ? rehearsalMarkdown(rehearsal, before)
            : rehearsalWords(rehearsal, { ...terminalOf(process.stdout), ...(before ? { before } : {}), files }),
      );
    }
    for (const error of errors) tellError(error);
    return exitCodeOfRehearsal(rehearsal, errors);
  } finally {
    progress.stop();
  }
}

/** With what was asked of Prometheus, read and checked. */
interface Asked extends RehearseOptions {
  readonly asked: AskedPrometheus;
}

interface Outcome {
  readonly rehearsal: Rehearsal | undefined;
  readonly errors: readonly unknown[];
}

async function onTarget(
  plan: Plan,
  path: string,
  options: Asked,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  const notRestored = await restoreBefore(progress);
  const target = await openTarget(options, progress, signal);
  try {
    await assertRestored(notRestored.filter((each) => isInTheWay(each, target)));
    const { cluster } = target;
    await assertRights(cluster, plan);
    const [found, beyond] = await Promise.all([
      Promise.all(plan.targets.filter(isOneTarget).map((each) => findTarget(cluster, each))),
      clusterDomains(cluster).then((domains) => beyondTargets(cluster, plan, domains)),
    ]);
    const here = { isLab: target.ref.kind === "lab", ownNamespace: cluster.namespace };
    assertAllowed(plan, { found, beyond }, options, here);
    await confirm(confirmWords(plan, { found, beyond }, cluster.context, here), options);
    return await inSession(plan, path, options, { target, found, progress, signal });
  } finally {
    await releaseAll([target], progress);
  }
}

interface Opened {
  readonly target: OpenTarget;
  readonly found: readonly FoundTarget[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What was measured stands, whatever went wrong after it. */
async function inSession(plan: Plan, path: string, options: Asked, opened: Opened): Promise<Outcome> {
  const { target, progress, signal: called } = opened;
  const session = openSession(target, progress, called);
  const startedAt = new Date();
  const stages: RehearsedStage[] = [];
  let events: readonly RehearsedEvent[] = [];
  try {
    const facts = await readTargetFacts(session.cluster, target.ref.kind, target.known, options.nodeSelector ?? {});
    const ground = await openRehearsalGround(plan, options, opened, session);
    const capacity = await progress.step("What each hop takes", () => readCapacity(ground));
    const run = {
      packetwalk: VERSION,
      command: ["packetwalk rehearse", shellWord(path), ...targetWords(options), ...prometheusWords(options)].join(" "),
      planSha256: createHash("sha256").update(JSON.stringify(plan)).digest("hex"),
      by: { user: userInfo().username, machine: hostname() },
      ...{ startedAt, target: facts },
      commandOf: await experimentCommands(TUNINGS_OF_CHANGES, targetWords(options)),
    };
    const writing = openWriting(options.asked, plan.name);
    const watching = options.watch ? await watchRehearsal() : UNWATCHED;
    if (watching.url !== null) progress.note(`Live at ${watching.url}`);
    const viewer: WholeViewer = {
      second(...seen) {
        watching.second(...seen);
        writing.second(...seen);
      },
      stage(stage) {
        stages.push(stage);
        watching.stage(stage);
        writing.stage(stage);
      },
      events(told) {
        events = told;
      },
    };
    let rehearsal: Rehearsal | undefined;
    try {
      const rehearsed = await rehearse(ground, capacity, progress, viewer);
      rehearsal = conclude(ground, capacity, rehearsed, run);
      return { rehearsal, errors: [] };
    } catch (error) {
      if (stages.length === 0) throw error;
      const because = error instanceof Interrupted ? "called off" : reasonOf(error);
      const found = { held: null, failed: null, limitedBy: "unseen" } as const;
      rehearsal = conclude(ground, capacity, { stages, events, found }, run, because);
      return { rehearsal, errors: [error] };
    } finally {
      watching.over();
      const unwritten = await writing.end(rehearsal);
      if (unwritten !== null) progress.note(`${unwritten}.`);
    }
  } finally {
    session.end();
    await putBack(progress, () => session.changes.end(progress, target.disposable ? ["namespace"] : []));
  }
}

async function openRehearsalGround(
  plan: Plan,
  options: Asked,
  { target, found, progress }: Opened,
  { cluster, delivery, changes, lifetime, signal }: Session,
): Promise<RehearsalGround> {
  const { nodeSelector = {} } = options;
  const mayCordon = plan.events.some(({ kind }) => kind === "drain" || kind === "zone-gone");
  const { agents, nodes } = await openGround(
    { cluster, delivery, nodeSelector, changes, agentsRefused: null, mayCordon, signal, lifetime },
    progress,
  );
  const replicas = plan.targets.flatMap((each) => (each.kind === "reference" ? [each.replicas] : []));
  const web =
    replicas.length === 0
      ? undefined
      : await progress.step("Web workload", () =>
          deployWeb(cluster, target.images.web, nodes.open, signal, Math.max(...replicas)),
        );
  for (const node of web && areThere(agents) ? agents.nodes : [])
    changes.record({ change: "conntrack-entries", node, addresses: [...(web?.addresses ?? [])] });
  const targets = await readyTargets(cluster, plan, found, web);
  const readings = await openReadings(options.asked, { cluster, nodes, targets, signal });
  const { allowExternal = false } = options;
  const opened = { cluster, delivery, agents, nodes, image: target.image, changes, plan, allowExternal };
  const bare = { ...opened, targets, readings, signal };
  return { ...bare, idle: await progress.step("What is dropped without any load", () => readIdle(bare)) };
}
