/** What can make a remedy void before anything is measured: read from a live pod of the arm, not from what was asked for. */
import { plural } from "../../../runner/analysis/format.ts";

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
  /** Whether the program that an exec hook names can be run in the container. */
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

export interface RemedyProblem {
  /** Which remedy it concerns, in the words of a pod spec. */
  readonly tuning: string;
  /** The remedy can't do what it is for; otherwise it does it less well. */
  readonly void: boolean;
  readonly sentence: string;
}

/** A pod that is ready this much later than it could be keeps its predecessor waiting, and users of one replica with it. */
const SLOW_READINESS_S = 5;

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
  return nativeSleepArrived === false
    ? [
        {
          tuning: "preStop.sleep",
          void: true,
          sentence:
            "the API server dropped preStop.sleep: it is older than Kubernetes 1.29, or has the feature PodLifecycleSleepAction off",
        },
      ]
    : [];
}

function noShell({ preStop, hasShell }: RemedyFacts): RemedyProblem[] {
  if (preStop.kind !== "exec" || hasShell !== false) return [];
  return [
    {
      tuning: "preStop.exec",
      void: true,
      sentence: `the image has no ${preStop.command[0] ?? "shell"}: the preStop hook fails at once and the process is stopped without any delay; preStop.sleep needs no shell`,
    },
  ];
}

/** The grace period includes the hook; a hook that outlasts it is cut off, and the kubelet then gives 2 s, once (pod-lifecycle). */
function shortGrace({ gracePeriodS, preStop, drainS }: RemedyFacts): RemedyProblem[] {
  const sleepS = sleepOf(preStop);
  if (sleepS === null || sleepS === 0) return [];
  if (gracePeriodS <= sleepS) {
    return [
      {
        tuning: "terminationGracePeriodSeconds",
        void: true,
        sentence: `the grace period of ${gracePeriodS} s ends before the preStop sleep of ${sleepS} s does: the process is stopped after ${gracePeriodS} s, and has at most 2 s for requests that run`,
      },
    ];
  }
  if (gracePeriodS < sleepS + drainS) {
    return [
      {
        tuning: "terminationGracePeriodSeconds",
        void: false,
        sentence: `the grace period of ${gracePeriodS} s leaves ${plural(gracePeriodS - sleepS, "second")} after the preStop sleep of ${sleepS} s, less than the ${drainS} s that requests may take: those that run longer are killed`,
      },
    ];
  }
  return [];
}

function deafToSigterm({ catchesSigterm, gracePeriodS, preStop }: RemedyFacts): RemedyProblem[] {
  if (catchesSigterm !== false) return [];
  const sleepS = sleepOf(preStop) ?? 0;
  return [
    {
      tuning: "stop signal",
      void: false,
      sentence: `the process has no handler for SIGTERM, and as PID 1 it is not ended by it: it serves on until SIGKILL, ${plural(Math.max(0, gracePeriodS - sleepS), "second")} after the signal, which cuts what runs then`,
    },
  ];
}

function slowReadiness({ readinessPeriodS, readinessFailureThreshold }: RemedyFacts): RemedyProblem[] {
  const problems: RemedyProblem[] = [];
  if (readinessPeriodS >= SLOW_READINESS_S) {
    problems.push({
      tuning: "readinessProbe",
      void: false,
      sentence: `readiness is asked every ${readinessPeriodS} s only: a new pod may be led to that much later than it could be, and with maxUnavailable 0 every step of a rollout waits for it`,
    });
  }
  const noticedS = readinessPeriodS * readinessFailureThreshold;
  if (noticedS > 30) {
    problems.push({
      tuning: "readinessProbe",
      void: false,
      sentence: `a pod that stops answering is led to for up to ${noticedS} s more (${readinessFailureThreshold} failed probes, ${readinessPeriodS} s apart)`,
    });
  }
  return problems;
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
