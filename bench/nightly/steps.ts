/** The shell steps of the ready-made CI files (manifests/nightly), read from the files, as their services would run them. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

export type Service = "github" | "gitlab";

/** After which of the steps before it a step is run: if all passed, in any case, or once the job was called off. */
export type When = "passed" | "always" | "called-off";

export interface Step {
  readonly name: string;
  readonly run: string;
  readonly when: When;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it is the night itself, and not what stands around it. */
  readonly measures: boolean;
  /** Whether the service looks at its exit code. */
  readonly counts: boolean;
}

export interface Job {
  readonly service: Service;
  readonly steps: readonly Step[];
  readonly env: Readonly<Record<string, string>>;
  /** Steps that are the service's own, by what they use. */
  readonly notRun: readonly string[];
}

const Env = z.record(z.string(), z.string()).default({});
const GithubStep = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z
    .string()
    .regex(/^\$\{\{ (always|cancelled)\(\) \}\}$/)
    .optional(),
  env: Env,
});
const GithubFile = z.object({
  jobs: z.object({ nightly: z.object({ env: Env, steps: z.array(GithubStep) }) }),
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
    steps: steps.flatMap(({ name, run, if: condition, env: own }) =>
      run === undefined
        ? []
        : [
            {
              ...{ name: name ?? run, run: fill(run, expressions), env: filled(own) },
              ...{ when: whenOf(condition), measures: measures(run), counts: true },
            },
          ],
    ),
    notRun: steps.flatMap(({ uses }) => uses ?? []),
  };
}

export function gitlabJob(file: string): Job {
  const { variables, script, after_script } = GitlabFile.parse(parse(readFileSync(file, "utf8")))["packetwalk-nightly"];
  const steps = (list: "script" | "after_script", lines: readonly string[]) =>
    lines.map((run, at): Step => {
      const isScript = list === "script";
      return {
        ...{ name: `${list} ${at + 1}`, run, env: {}, measures: measures(run) },
        ...{ when: isScript ? "passed" : "always", counts: isScript },
      };
    });
  return {
    service: "gitlab",
    env: variables,
    steps: [...steps("script", script), ...steps("after_script", after_script)],
    notRun: ["image", "cache", "artifacts"],
  };
}

function measures(run: string): boolean {
  return /packetwalk (run|compare) /.test(run);
}

function whenOf(condition: string | undefined): When {
  if (condition === undefined) return "passed";
  return condition.includes("always()") ? "always" : "called-off";
}

function fill(text: string, expressions: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expressions[expression];
    if (value === undefined) throw new Error(`nobody says what \${{ ${expression} }} is`);
    return value;
  });
}
