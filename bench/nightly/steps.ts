/** The shell steps of the ready-made CI files (manifests/nightly), as their services would run them. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

export interface Step {
  readonly name: string;
  readonly run: string;
  /** Whether it is run after a step that failed; steps for jobs that were called off are left out. */
  readonly always: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export interface Job {
  readonly service: "github" | "gitlab";
  readonly steps: readonly Step[];
  readonly env: Readonly<Record<string, string>>;
}

const Env = z.record(z.string(), z.string()).default({});
const GithubFile = z.object({
  jobs: z.object({
    nightly: z.object({
      env: Env,
      steps: z.array(
        z.object({ name: z.string().optional(), run: z.string().optional(), if: z.string().optional(), env: Env }),
      ),
    }),
  }),
});
const GitlabFile = z.object({
  "packetwalk-nightly": z.object({
    variables: Env,
    script: z.array(z.string()),
    after_script: z.array(z.string()),
  }),
});

/** @param expressions what GitHub puts for each `${{ … }}`, by its text */
export function githubJob(file: string, expressions: Readonly<Record<string, string>>): Job {
  const { env, steps } = GithubFile.parse(parse(readFileSync(file, "utf8"))).jobs.nightly;
  const filled = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, fill(text, expressions)]));
  return {
    service: "github",
    env: filled(env),
    steps: steps.flatMap(({ name = "", run, if: condition = "", env: own }) =>
      run === undefined || condition.includes("cancelled()")
        ? []
        : [{ name, run: fill(run, expressions), always: condition.includes("always()"), env: filled(own) }],
    ),
  };
}

export function gitlabJob(file: string): Job {
  const job = GitlabFile.parse(parse(readFileSync(file, "utf8")))["packetwalk-nightly"];
  const step = (always: boolean) => (run: string, index: number) => ({
    ...{ name: `${always ? "after_script" : "script"} ${index + 1}`, run, always, env: {} },
  });
  return {
    service: "gitlab",
    env: job.variables,
    steps: [...job.script.map(step(false)), ...job.after_script.map(step(true))],
  };
}

function fill(text: string, expressions: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expressions[expression];
    if (value === undefined) throw new Error(`nobody says what \${{ ${expression} }} is`);
    return value;
  });
}
