/** A real Prometheus, Debian's package, on loopback and with a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { installPackages } from "../../../runner/lab/machine/requirements.ts";

const EXECUTABLE = "/usr/bin/prometheus";
const START_LIMIT_MS = 60_000;

export interface RunningPrometheus extends AsyncDisposable {
  /** e.g. "http://127.0.0.1:41234" */
  readonly url: string;
}

/** @param config its scrape_configs and so on */
export async function startPrometheus(config: object): Promise<RunningPrometheus> {
  if (!existsSync(EXECUTABLE)) {
    console.log("Installing the Debian package prometheus …");
    await installPackages(["prometheus"], () => {}, ["prometheus.service"]);
  }
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-prometheus-"));
  const file = join(folder, "prometheus.yml");
  writeFileSync(file, JSON.stringify(config)); // JSON is YAML
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    "--web.listen-address=127.0.0.1:0",
    "--web.enable-remote-write-receiver",
  ];
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "pipe"], cwd: folder });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL"); // its data goes with it
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://${await addressOf(child)}`;
    await untilReady(url);
    return { url, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** From its log, since it takes a free port. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const tooLate = setTimeout(() => reject(new Error(`it does not listen:\n${lines.join("\n")}`)), START_LIMIT_MS);
    tooLate.unref();
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`it ended (${code}):\n${lines.join("\n")}`)));
    if (!child.stderr) throw new Error("its log is not read");
    // Read to the end: a full pipe would stop it.
    createInterface(child.stderr).on("line", (line) => {
      lines.push(line);
      const address = /"?Listening on"? address="?(127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address === undefined) return;
      clearTimeout(tooLate);
      resolve(address);
    });
  });
}

async function untilReady(url: string): Promise<void> {
  for (const untilMs = Date.now() + START_LIMIT_MS; ; ) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > untilMs) throw new Error("it is not ready");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
