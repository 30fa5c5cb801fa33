import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect } from "vitest";

/**
 * Runs all Go tests of a module, and gives what they printed.
 * @throws if a test fails
 */
export async function goTest(module: "agent" | "k6", env: NodeJS.ProcessEnv = {}): Promise<string> {
  const cwd = fileURLToPath(new URL(`../../../programs/${module}`, import.meta.url));
  // Packages built for the program itself are in Go's cache; with other flags each of them is compiled once more.
  const asBuilt = { flags: ["-trimpath"], env: { CGO_ENABLED: "0", ...env } };
  const args = ["test", ...asBuilt.flags, "-count=1", "-v", "./..."];
  const ran = await execa("go", args, { cwd, env: asBuilt.env, all: true, reject: false });
  expect(ran.all).not.toMatch(/^\s*--- FAIL/m);
  expect(ran.exitCode, ran.all?.slice(-3000)).toBe(0);
  return ran.all ?? "";
}
