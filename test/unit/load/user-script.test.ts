import { expect, it } from "vitest";
import { userScript } from "../../../runner/load/engines/user-script.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { withoutSecrets } from "../../../runner/secrets.ts";

const load: OpenLoad = {
  model: "open",
  placement: "all-nodes",
  schedule: constant(100, 5_000),
  timeoutMs: 3_000,
  workers: 3,
};
const task = {
  script: "export default () => {}",
  hosts: ["shop.example:80"],
  mayBePublic: false,
  env: { USERS: "5" },
  secretEnv: {},
  newConnections: true,
  limits: { mostPerSecond: 400, mostInFlight: 4_000 },
};
const terms = { seed: 1, sliceMs: 1_000, gateTimeoutMs: 60_000, liveMs: 1_000 };

it("hands a worker the script as it is, with its part of the load and of the limits", async () => {
  const { command, environment, files, filesAreSecret } = await userScript.worker(load, task, terms);
  expect(command.at(-1)).toBe("/packetwalk-load/script.js");
  expect(environment).toEqual({ PACKETWALK_LOAD_FILE: "/packetwalk-load/load.json" });
  expect(files?.["script.js"]).toBe(task.script);
  expect(filesAreSecret).toBe(false);
  const spec = JSON.parse(files?.["load.json"] ?? "");
  expect(spec.stages[0].fromPerSecond).toBeCloseTo(100 / 3, 9);
  expect(spec).toMatchObject({
    ...{ timeoutMs: 3_000, liveMs: 1_000, arrivals: "constant", maxInFlight: 1_333 },
    script: {
      hosts: ["shop.example:80"],
      public: false,
      env: { USERS: "5" },
      newConnections: true,
      mostPerSecond: 133,
    },
  });
});

it("has variables of Secrets in a Secret, and in no message", async () => {
  const secretEnv = { TOKEN: "a-very-secret-token" };
  const { command, environment, files, filesAreSecret } = await userScript.worker(load, { ...task, secretEnv }, terms);
  expect(filesAreSecret).toBe(true);
  expect(JSON.stringify([command, environment])).not.toContain(secretEnv.TOKEN);
  expect(JSON.parse(files?.["load.json"] ?? "").script.env).toEqual({ USERS: "5", TOKEN: secretEnv.TOKEN });
  expect(withoutSecrets("it was a-very-secret-token")).toBe("it was ***");
});

it("takes a report only with its iterations: the rate is in them", async () => {
  const schema = await userScript.report();
  const report = {
    ...{ engine: "k6", worker: 0, startedAtUnixMs: 1, finishedAtUnixMs: 2, scheduled: 0, sent: 0 },
    outcomes: { ok: 0 },
    histograms: { latency: "", okLatency: "", connect: "", tls: "", firstByte: "", scheduleLag: "" },
    ...{ slices: [], tcp: {}, cpu: { userMs: 1, systemMs: 1 }, saturated: [] },
  };
  expect(schema.safeParse({ ...report, iterations: 7 }).success).toBe(true);
  expect(schema.safeParse(report).success).toBe(false);
});
