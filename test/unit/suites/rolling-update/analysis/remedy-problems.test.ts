import { describe, expect, it } from "vitest";
import { type RemedyFacts, remedyProblems } from "../../../../../suites/rolling-update/analysis/remedy-problems.ts";
import { remedyWords } from "../../../../../suites/rolling-update/report/words.ts";
import { RemedyProblem } from "../../../../../suites/rolling-update/result/reasons.ts";

const sound: RemedyFacts = {
  arm: "native-sleep",
  gracePeriodS: 30,
  preStop: { kind: "sleep", seconds: 10 },
  hasShell: false,
  catchesSigterm: true,
  readinessPeriodS: 1,
  readinessFailureThreshold: 3,
  drainS: 5,
  nativeSleepArrived: true,
};
const exec: RemedyFacts["preStop"] = { kind: "exec", command: ["/bin/sh", "-c", "sleep 10"], sleepSeconds: 10 };
const voids = (facts: RemedyFacts) => remedyProblems(facts).filter((problem) => problem.void);
const wordsOf = (problem: RemedyProblem | undefined) => remedyWords(RemedyProblem.parse(problem));

describe("a remedy that can work", () => {
  it("has no problem: native sleep needs no shell", () => {
    expect(remedyProblems(sound)).toEqual([]);
  });

  it("has none where it is not known whether there is a shell", () => {
    expect(remedyProblems({ ...sound, preStop: exec, hasShell: null, nativeSleepArrived: null })).toEqual([]);
  });

  it("an arm without a hook has nothing to be void", () => {
    expect(voids({ ...sound, preStop: { kind: "none" }, gracePeriodS: 1, nativeSleepArrived: null })).toEqual([]);
  });
});

describe("a remedy that is void", () => {
  it.each([
    { gracePeriodS: 3, preStop: exec },
    { gracePeriodS: 10, preStop: exec },
    { gracePeriodS: 3, preStop: sound.preStop },
  ])("has a grace period of $gracePeriodS s that ends before its sleep", (change) => {
    const [problem, ...others] = voids({ ...sound, hasShell: true, ...change });
    expect(others).toEqual([]);
    expect(problem?.tuning).toBe("terminationGracePeriodSeconds");
    expect(wordsOf(problem)).toContain(`grace period of ${change.gracePeriodS} s ends before`);
  });

  it("runs a shell that is not there", () => {
    const [problem] = voids({ ...sound, preStop: exec });
    expect(problem).toMatchObject({ tuning: "preStop.exec", void: true });
    expect(wordsOf(problem)).toContain("/bin/sh");
  });

  it("asks for a field that the API server dropped", () => {
    expect(voids({ ...sound, preStop: { kind: "none" }, nativeSleepArrived: false })).toHaveLength(1);
  });
});

describe("a remedy that works less well", () => {
  it.each([
    ["leaves too little for requests that run", { gracePeriodS: 12 }, "leaves 2 s"],
    ["is for a process that does not hear SIGTERM", { catchesSigterm: false }, "20 s after the signal"],
    ["waits for slow probes", { readinessPeriodS: 10 }, "asked every 10 s"],
    ["notices a dead process late", { readinessFailureThreshold: 60 }, "60 failed probes"],
  ])("%s", (_, change, words) => {
    const problems = remedyProblems({ ...sound, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ void: false });
    expect(wordsOf(problems[0])).toContain(words);
  });
});
