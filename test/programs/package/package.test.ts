import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOWHERE } from "../../support/nowhere.ts";
import { withoutGo } from "../../support/without-go.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FIXTURE = join(ROOT, "test/fixtures/connection-flood-recommended.json");

let folder: string;
/** Where it is installed as a user would, and nothing else is. */
let home: string;
let installed: string;
/** What is in the tarball. */
let files: string[];
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-package-"));
  const packed = await execa("npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT });
  const [{ filename }] = JSON.parse(packed.stdout);
  const tarball = join(folder, filename);
  files = (await execa("tar", ["--list", "--gzip", "--file", tarball])).stdout.split("\n");
  home = join(folder, "home");
  mkdirSync(home);
  await execa("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], { cwd: home });
  installed = join(home, "node_modules/packetwalk");
  env = {
    PATH: withoutGo(join(folder, "bin")),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const packetwalk = (...args: string[]) =>
  execa("npx", ["--no-install", "packetwalk", ...args], { cwd: home, env, reject: false });

/** Runs a module's text from where the package is installed. @returns what it printed, as JSON */
async function inside(text: string): Promise<unknown> {
  const file = join(home, "inside.mjs");
  writeFileSync(file, `const dist = (path) => import("./node_modules/packetwalk/dist/" + path);\n${text}`);
  return JSON.parse((await execa("node", [file], { cwd: home, env })).stdout);
}

describe("the tarball", () => {
  test("holds no TypeScript, no test and nothing that only builds", () => {
    expect(files).toContain("package/dist/runner/cli/main.js");
    expect(
      files.filter((file) => /\.tsx?$|_test\.go$|\/testdata\/|^package\/(test|bench|build|checks)\//.test(file)),
    ).toEqual([]);
  });

  test("holds the schemas that editors complete plans and tunings by", () => {
    for (const name of ["tuning", "rehearsal-plan", "rehearsal", "result", "doctor"])
      expect(files).toContain(`package/docs/${name}.schema.json`);
  });

  test("holds the man page, where npm looks for it", () => {
    const { man } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(man).toBe("docs/packetwalk.1");
    expect(files).toContain(`package/${man}`);
  });

  test("holds the scripts of completion", () => {
    for (const shell of ["bash", "zsh", "fish"])
      expect(files).toContain(`package/dist/runner/cli/completion/packetwalk.${shell}`);
  });

  test("holds the agent for both architectures, with its SHA-256", () => {
    const packed = join(installed, "dist/packed");
    const sums: Record<string, string> = JSON.parse(readFileSync(join(packed, "sha256.json"), "utf8"));
    // e_machine of the ELF header.
    for (const [name, machine] of [
      ["packetwalk-agent-linux-amd64", 0x3e],
      ["packetwalk-agent-linux-arm64", 0xb7],
    ] as const) {
      const program = readFileSync(join(packed, name));
      expect(createHash("sha256").update(program).digest("hex")).toBe(sums[name]);
      expect(program.readUInt16LE(18)).toBe(machine);
    }
  });

  test("installs without what only builds", () => {
    for (const name of ["commander", "zod"]) expect(existsSync(join(home, "node_modules", name)), name).toBe(true);
    for (const name of ["esbuild", "tsx", "typescript", "undici", "autocannon"])
      expect(existsSync(join(home, "node_modules", name)), name).toBe(false);
  });
});

describe("without Go", () => {
  test("it says its help and its version", async () => {
    const help = await packetwalk("--help");
    expect([help.exitCode, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("Usage: packetwalk");
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect((await packetwalk("--version")).stdout).toBe(version);
  });

  test("it judges blocks", async () => {
    const { suite, verdict } = JSON.parse(readFileSync(FIXTURE, "utf8"));
    const judged = await packetwalk("judge", "--json", FIXTURE);
    expect([judged.exitCode, judged.stderr]).toEqual([0, ""]);
    expect(JSON.parse(judged.stdout)).toMatchObject({ suite, verdict });
  });

  test("it asks the cluster of a kubeconfig, and says in a sentence what is wrong there", async () => {
    const missing = await packetwalk("compare", "connection-flood", "--kubeconfig", join(folder, "none"));
    expect([missing.exitCode, missing.stderr]).toEqual([
      4,
      expect.stringMatching(/^packetwalk: kubeconfig .* does not exist/),
    ]);
    const nobody = join(folder, "nobody.yaml");
    writeFileSync(nobody, NOWHERE);
    const refused = await packetwalk("compare", "dns-storm", "--kubeconfig", nobody);
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringMatching(/127\.0\.0\.1:1.*ECONNREFUSED/)]);
  });

  test("it says that the lab needs it", async () => {
    const { exitCode, stderr } = await packetwalk("lab", "up", "--name", "package");
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(
      /^packetwalk: Go is not installed, and building the lab's components needs it: install Go 1\.\d+/m,
    );
  });

  test("it hands out the agents, and what was bundled for pods", async () => {
    const agents = await inside(`
      const { agentFor } = await dist("runner/programs/agent.js");
      console.log(JSON.stringify([await agentFor("amd64"), await agentFor("arm64")]));`);
    const packed = join(installed, "dist/packed/packetwalk-agent-linux-");
    expect(agents).toMatchObject([{ path: `${packed}amd64` }, { path: `${packed}arm64` }]);
    const bundles = await inside(`
      const { nodeWorkerBundle } = await dist("programs/node-worker/bundle.js");
      const { connectionFlood } = await dist("suites/connection-flood/suite.js");
      const { bundledScript } = await dist("runner/load/k6-script.js");
      const script = await bundledScript(connectionFlood.load.needs.k6Script);
      console.log(JSON.stringify([(await nodeWorkerBundle()).length, script.length]));`);
    for (const length of bundles as number[]) expect(length).toBeGreaterThan(1_000);
  });

  test("a damaged agent is not handed out", async () => {
    const agent = join(installed, "dist/packed/packetwalk-agent-linux-arm64");
    const whole = readFileSync(agent);
    writeFileSync(agent, whole.subarray(0, whole.length - 1));
    const said = await inside(`
      const { agentFor } = await dist("runner/programs/agent.js");
      console.log(JSON.stringify(await agentFor("arm64").catch((error) => error.message)));`);
    writeFileSync(agent, whole);
    expect(said).toMatch(/packetwalk-agent-linux-arm64 is damaged \(its SHA-256 is .*\); install packetwalk again$/);
  });

  test("it writes the report's page", async () => {
    const out = join(folder, "out");
    mkdirSync(out);
    await inside(`
      import { readFileSync } from "node:fs";
      const { connectionFlood } = await dist("suites/connection-flood/suite.js");
      const { writeReports } = await dist("reports/index.js");
      const result = JSON.parse(readFileSync(${JSON.stringify(FIXTURE)}, "utf8"));
      console.log(JSON.stringify(await writeReports(result, await connectionFlood.report(), ${JSON.stringify(out)})));`);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("<svg");
  });
});
