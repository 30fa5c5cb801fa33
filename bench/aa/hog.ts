/** Something else that fills one core, as a neighbour on a shared machine does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { EnvironmentError, reasonOf } from "../../runner/errors.ts";

/** @returns ends it; also with this process it ends */
export async function hogOneCore(): Promise<() => Promise<void>> {
  const child = spawn("stress-ng", ["--cpu", "1", "--quiet"], { stdio: "ignore" });
  const ended = once(child, "close");
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new EnvironmentError(
      `--hog: stress-ng does not start (${reasonOf(error)}); install it (apt-get install stress-ng)`,
    );
  }
  const kill = () => void child.kill("SIGTERM");
  process.once("exit", kill);
  return async () => {
    process.off("exit", kill);
    kill();
    await ended;
  };
}
