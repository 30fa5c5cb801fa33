/** A real PostgreSQL of Debian's, on a Unix socket in a folder of its own, as an unprivileged user. */
import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { installPackages } from "../../../runner/lab/machine/requirements.ts";

const INSTALLED = "/usr/lib/postgresql";
const USER = "postgres";

export interface PostgresServer {
  /** Of a database that is empty at first. */
  readonly url: string;
  /** Ends it as SIGKILL does a server whose node has gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function postgresServer(): Promise<PostgresServer> {
  if (programs() === null) await installPackages(["postgresql"], () => {});
  const bin = programs();
  if (bin === null) throw new Error("Debian's package postgresql is there, and brings no server");
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-postgres-"));
  const owner = userOf(USER);
  const [data, sockets] = [join(folder, "data"), join(folder, "sockets")];
  mkdirSync(sockets);
  for (const path of [folder, sockets]) chownSync(path, owner.uid, owner.gid);
  const as = { ...owner, cwd: folder };
  await execa(join(bin, "initdb"), ["-D", data, "-U", USER, "--auth=trust", "--no-sync", "--locale=C.UTF-8"], as);
  const server = spawn(
    join(bin, "postgres"),
    ["-D", data, "-k", sockets, "-c", "listen_addresses=", "-c", "fsync=off"],
    {
      ...as,
      stdio: "ignore",
    },
  );
  const ready = () => execa(join(bin, "pg_isready"), ["-h", sockets], { ...as, reject: false });
  const end = async (signal: NodeJS.Signals) => {
    await ended(server, signal);
    rmSync(folder, { recursive: true, force: true });
  };
  for (
    const until = Date.now() + 60_000;
    (await ready()).exitCode !== 0;
    await new Promise((r) => setTimeout(r, 100))
  ) {
    if (Date.now() < until && server.exitCode === null) continue;
    await end("SIGKILL");
    throw new Error("PostgreSQL did not start");
  }
  const url = `postgresql:///postgres?host=${encodeURIComponent(sockets)}&user=${USER}`;
  return { url, kill: () => ended(server, "SIGQUIT"), stop: () => end("SIGINT") };
}

/** Where the newest version's programs are; null: there is none. */
function programs(): string | null {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : [];
  return (
    versions.map((version) => join(INSTALLED, version, "bin")).find((bin) => existsSync(join(bin, "postgres"))) ?? null
  );
}

function userOf(name: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? "").split(":");
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${name}`);
  return { uid: Number(uid), gid: Number(gid) };
}

function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill(signal);
  });
}
