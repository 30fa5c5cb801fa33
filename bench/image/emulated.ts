/** Runs the other half of the image, by QEMU's user mode: no machine of that architecture is needed, and nothing is installed. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { command } from "../../runner/lab/machine/command.ts";

const RECORDED = fileURLToPath(new URL("../../test/fixtures/connection-flood-recommended.json", import.meta.url));
const INSTALLED = "/usr/local/lib/node_modules/packetwalk";
const PACKETWALK = ["/usr/local/bin/node", `${INSTALLED}/bin/packetwalk`];
const STORE = "/tmp/store.db";

interface Try {
  readonly what: string;
  readonly words: readonly string[];
  readonly says: RegExp;
}

/** What each shows: Node and its libraries, the whole of the judging, and the one module that is compiled. */
const TRIES: readonly Try[] = [
  { what: "Node is of that architecture", words: ["/usr/local/bin/node", "-p", "process.arch"], says: /^arm64$/ },
  { what: "the program starts", words: [...PACKETWALK, "--version"], says: /^\d+\.\d+\.\d+$/ },
  { what: "a result is judged", words: [...PACKETWALK, "judge", "/tmp/run/result.json"], says: /✓ IMPROVED/ },
  {
    what: "a result goes into a store",
    words: [...PACKETWALK, "history", "import", "/tmp/run", "--store", STORE],
    says: /1 added, 0 there already, 0 refused/,
  },
  { what: "the store is read", words: [...PACKETWALK, "history", STORE], says: /connection-flood/ },
  {
    what: "the agent starts",
    words: [`${INSTALLED}/dist/packed/packetwalk-agent-linux-arm64`],
    says: /no command given; the commands are .*flood/,
  },
];

export interface Emulated {
  readonly what: string;
  readonly ok: boolean;
  /** The first line of what was said. */
  readonly said: string;
}

/**
 * @param archive an image for linux/arm64 alone
 * @param folder to unpack it and QEMU into
 */
export async function runEmulated(archive: string, folder: string): Promise<Emulated[]> {
  const root = join(folder, "root");
  await unpack(archive, join(folder, "archive"), root);
  copyFileSync(await qemu(join(folder, "qemu")), join(root, "tmp/qemu"));
  mkdirSync(join(root, "tmp/run"));
  copyFileSync(RECORDED, join(root, "tmp/run/result.json"));
  const tried: Emulated[] = [];
  for (const { what, words, says } of TRIES) {
    const { stdout, stderr, shortMessage } = await execa("chroot", [root, "/tmp/qemu", ...words], {
      env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin", HOME: "/work" },
      extendEnv: false,
      reject: false,
    });
    const said = `${stdout ?? shortMessage}\n${stderr ?? ""}`.trim();
    tried.push({ what, ok: says.test(said), said: said.split("\n", 1)[0] ?? "" });
  }
  return tried;
}

/** Debian's own, through its apt, which checks signatures. */
async function qemu(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await command("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download", "qemu-user-static"], { cwd: folder });
  for (const deb of readdirSync(folder)) await command("dpkg-deb", ["--extract", join(folder, deb), folder]);
  return join(folder, "usr/bin/qemu-aarch64-static");
}

async function unpack(archive: string, layout: string, root: string): Promise<void> {
  for (const folder of [layout, root]) mkdirSync(folder, { recursive: true });
  await command("tar", ["--extract", "--file", archive, "--directory", layout]);
  const blob = (digest: string) => join(layout, "blobs", digest.replace(":", "/"));
  let document = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  // An index in an index, and then the one image.
  while (document.manifests) document = JSON.parse(readFileSync(blob(document.manifests[0].digest), "utf8"));
  for (const { digest } of document.layers)
    await command("tar", ["--extract", "--file", blob(digest), "--directory", root]);
}
