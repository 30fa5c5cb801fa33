/** What can make a remedy void before anything is measured: read from a live pod of the arm, not from what was asked for. */
import type { RemedyProblem } from "../result/reasons.ts";

export type PreStop =
  | { readonly kind: "none" }
  | { readonly kind: "sleep"; readonly seconds: number }
  /** `sleepSeconds`: how long the command sleeps, if that can be told. */
  | { readonly kind: "exec"; readonly command: readonly string[]; readonly sleepSeconds: number | null };

/** Null where it could not be read. */
export interface RemedyFacts {
  readonly arm: string;
  readonly gracePeriodS: number;
  readonly preStop: PreStop;
  /** Whether what an exec hook names can be run in the container: its own program, tried there; without a hook, a shell. */
  readonly hasShell: boolean | null;
  /** Whether the main process, PID 1 of its namespace, has a handler for SIGTERM. */
  readonly catchesSigterm: boolean | null;
  readonly readinessPeriodS: number;
  readonly readinessFailureThreshold: number;
  /** What the process needs after its stop signal to finish the requests it has. */
  readonly drainS: number;
  /** Whether the API server kept `preStop.sleep`; null: the arm does not ask for it. */
  readonly nativeSleepArrived: boolean | null;
}

/** A pod that is ready this much later than it could be keeps its predecessor waiting, and users of one replica with it. */
const SLOW_READINESS_S = 5;
/** A pod that stops answering is led to until its probe has failed often enough. */
const LATE_NOTICE_S = 30;

export function remedyProblems(facts: RemedyFacts): RemedyProblem[] {
  return [
    ...droppedSleep(facts),
    ...noShell(facts),
    ...shortGrace(facts),
    ...deafToSigterm(facts),
    ...slowReadiness(facts),
  ];
}

function droppedSleep({ nativeSleepArrived }: RemedyFacts): RemedyProblem[] {
  return nativeSleepArrived === false ? [{ kind: "sleep-dropped", tuning: "preStop.sleep", void: true }] : [];
}

function noShell({ preStop, hasShell }: RemedyFacts): RemedyProblem[] {
  if (preStop.kind !== "exec" || hasShell !== false) return [];
  return [{ kind: "no-shell", tuning: "preStop.exec", void: true, program: preStop.command[0] ?? "shell" }];
}

/** The grace period includes the hook; a hook that outlasts it is cut off, and the kubelet then gives 2 s, once (pod-lifecycle). */
function shortGrace({ gracePeriodS, preStop, drainS }: RemedyFacts): RemedyProblem[] {
  const sleepS = sleepOf(preStop);
  if (sleepS === null || sleepS === 0) return [];
  const tuning = "terminationGracePeriodSeconds";
  if (gracePeriodS <= sleepS) return [{ kind: "grace-ends-first", tuning, void: true, gracePeriodS, sleepS }];
  if (gracePeriodS >= sleepS + drainS) return [];
  return [{ kind: "grace-too-short", tuning, void: false, gracePeriodS, sleepS, drainS }];
}

function deafToSigterm({ catchesSigterm, gracePeriodS, preStop }: RemedyFacts): RemedyProblem[] {
  if (catchesSigterm !== false) return [];
  const killedAfterS = Math.max(0, gracePeriodS - (sleepOf(preStop) ?? 0));
  return [{ kind: "deaf-to-sigterm", tuning: "stop signal", void: false, killedAfterS }];
}

function slowReadiness({
  readinessPeriodS: periodS,
  readinessFailureThreshold: failures,
}: RemedyFacts): RemedyProblem[] {
  const remark = { tuning: "readinessProbe", void: false, periodS } as const;
  return [
    ...(periodS >= SLOW_READINESS_S ? [{ kind: "slow-readiness" as const, ...remark }] : []),
    ...(periodS * failures > LATE_NOTICE_S ? [{ kind: "slow-to-notice" as const, ...remark, failures }] : []),
  ];
}

/** Null: there is a hook, and how long it takes is not known. */
function sleepOf(preStop: PreStop): number | null {
  switch (preStop.kind) {
    case "none":
      return 0;
    case "sleep":
      return preStop.seconds;
    case "exec":
      return preStop.sleepSeconds;
  }
}
