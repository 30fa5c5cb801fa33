/**
 * `npm run image`: what the archive is made of, for both architectures. That it runs is seen in test/lab/waiting/nightly.test.ts,
 * and `npm run bench:image` makes it twice, to see that it is the same.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NODE_VERSION } from "../../../build/image/node-packages.ts";
import { cacheDir } from "../../../runner/lab/paths.ts";
import { type BuiltImage, builtImage, IMAGE_EPOCH, IMAGE_MAIN } from "../../support/built-image.ts";
import { type Archive, type Platform, readArchive, sha256 } from "./oci-archive.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** e_machine of the ELF header. */
const MACHINES: Readonly<Record<string, number>> = { amd64: 0x3e, arm64: 0xb7 };
const LIBRARIES = "usr/local/lib/node_modules/packetwalk/node_modules";

let folder: string;
let built: BuiltImage;
let archive: Archive;

/** As `npm run image` does, without npm's own words. */
const image = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa(process.execPath, ["--import", "tsx", IMAGE_MAIN, ...args], { cwd: ROOT, env, reject: false });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-image-test-"));
  built = await builtImage();
  mkdirSync(join(folder, "unpacked"));
  archive = await readArchive(built.archive, join(folder, "unpacked"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const architectureOf = ({ config }: Platform) => config.architecture;
const fileOf = (platform: Platform, path: string): Buffer => {
  const found = platform.files.get(path);
  if (!found) throw new Error(`${architectureOf(platform)} has no ${path}`);
  return found.bytes;
};
const elfMachine = (bytes: Buffer) => (bytes.readUInt32BE(0) === 0x7f454c46 ? bytes.readUInt16LE(18) : undefined);

describe("the layout", () => {
  test("is OCI's, with one image in it, which has its whole name", () => {
    expect(archive.layout).toEqual({ imageLayoutVersion: "1.0.0" });
    expect(archive.top).toMatchObject([
      {
        mediaType: "application/vnd.oci.image.index.v1+json",
        annotations: {
          "io.containerd.image.name": `packetwalk.local/packetwalk:${version}`,
          "org.opencontainers.image.ref.name": version,
        },
      },
    ]);
  });

  test("is a file that is named after the version", () => {
    expect(basename(built.archive)).toBe(`packetwalk-${version}.oci.tar`);
    expect(built.reference).toBe(`packetwalk.local/packetwalk:${version}`);
  });

  test("names each blob by the digest and the size that it has, and holds no other", () => {
    for (const { descriptor, bytes } of archive.blobs)
      expect([descriptor.digest, descriptor.size]).toEqual([sha256(bytes), bytes.length]);
    const named = archive.blobs.map(({ descriptor }) => descriptor.digest.replace("sha256:", ""));
    expect([...new Set(named)].sort()).toEqual([...archive.names].sort());
  });

  test("has linux/amd64 and linux/arm64, and configurations that say the same", () => {
    expect(archive.platforms.map(({ named }) => named)).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux" },
    ]);
    for (const { named, config } of archive.platforms) expect(config).toMatchObject({ ...named });
  });

  test("has the digests of its layers before they were compressed", () => {
    for (const { config, layers } of archive.platforms)
      expect(config.rootfs.diff_ids).toEqual(layers.map(({ diffId }) => diffId));
  });
});

describe("the image", () => {
  test("runs packetwalk, as somebody who is not root, and says what it is", async () => {
    const revision = (await execa("git", ["rev-parse", "HEAD"], { cwd: ROOT })).stdout;
    for (const { config } of archive.platforms) {
      expect(config.created).toBe("2023-11-14T22:13:20.000Z");
      expect(config.config).toMatchObject({
        User: "1000:1000",
        Entrypoint: ["packetwalk"],
        WorkingDir: "/work",
        Labels: {
          "org.opencontainers.image.version": version,
          "org.opencontainers.image.licenses": "Apache-2.0",
          "org.opencontainers.image.revision": expect.stringMatching(new RegExp(`^${revision}(-changed)?$`)),
          "org.opencontainers.image.created": "2023-11-14T22:13:20.000Z",
        },
      });
    }
  });

  test("has programs of its own architecture only", () => {
    expect(archive.platforms.map(architectureOf)).toEqual(["amd64", "arm64"]);
    for (const platform of archive.platforms) {
      const machine = MACHINES[architectureOf(platform)];
      const programs = [...platform.files].filter(
        ([, { bytes }]) => bytes.length > 20 && elfMachine(bytes) !== undefined,
      );
      const foreign = programs.filter(([, { bytes }]) => elfMachine(bytes) !== machine).map(([path]) => path);
      // What packetwalk brings into pods is for the cluster's nodes, whatever the image runs on.
      expect(foreign.filter((path) => !path.includes("/packetwalk/dist/packed/"))).toEqual([]);
      const found = programs.map(([path]) => path);
      expect(found).toEqual(expect.arrayContaining(["usr/local/bin/node", "usr/bin/busybox"]));
      expect(found.filter((path) => path.startsWith(`${LIBRARIES}/@libsql/`))).toHaveLength(1);
    }
  });

  test("has every library that its programs name", async () => {
    for (const platform of archive.platforms) {
      const paths = [...platform.files.keys()];
      for (const path of ["usr/local/bin/node", ...paths.filter((each) => /@libsql\/.*\.node$/.test(each))]) {
        const file = join(folder, `${architectureOf(platform)}.elf`);
        writeFileSync(file, fileOf(platform, path));
        const { stdout } = await execa("readelf", ["--dynamic", "--program-headers", file]);
        const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
        expect(needed.length, path).toBeGreaterThan(1);
        for (const name of needed)
          expect(
            paths.some((each) => each.startsWith("usr/lib") && each.endsWith(`/${name}`)),
            `${path}: ${name}`,
          ).toBe(true);
        const interpreter = /interpreter: (\S+)\]/.exec(stdout)?.[1];
        if (interpreter !== undefined) expect(paths).toContain(`usr${interpreter}`);
      }
    }
  });

  test("has Node of the version that is pinned, and packetwalk as its package has it, with what that needs to run", () => {
    for (const platform of archive.platforms) {
      expect(fileOf(platform, "usr/local/bin/node").includes(`v${NODE_VERSION}`)).toBe(true);
      const own = `${dirname(LIBRARIES)}`;
      expect(JSON.parse(fileOf(platform, `${own}/package.json`).toString())).toMatchObject({
        name: "packetwalk",
        version,
      });
      for (const path of ["bin/packetwalk", "dist/runner/cli/main.js", "dist/packed/packetwalk-agent-linux-arm64"])
        expect(fileOf(platform, `${own}/${path}`).length).toBeGreaterThan(0);
      const names = [...platform.files.keys()];
      expect(
        names.filter((path) => path.startsWith(`${own}/`) && !path.startsWith(LIBRARIES) && /\.tsx?$/.test(path)),
      ).toEqual([]);
      for (const name of ["esbuild", "tsx", "typescript", "vitest"])
        expect(
          names.filter((path) => path.startsWith(`${LIBRARIES}/${name}/`)),
          name,
        ).toEqual([]);
    }
  });

  test("says of which Debian packages its libraries are, and under which licences", () => {
    for (const platform of archive.platforms) {
      expect(fileOf(platform, "usr/lib/os-release").toString()).toContain("ID=debian");
      const fields = fileOf(platform, "var/lib/dpkg/status.d/libc6").toString();
      expect(fields).toMatch(/^Version: 2\.\d+/m);
      expect(fields).toContain(`Architecture: ${architectureOf(platform)}`);
      for (const name of ["libc6", "libgcc-s1", "libstdc++6", "busybox-static"])
        expect(fileOf(platform, `usr/share/doc/${name}/copyright`).length, name).toBeGreaterThan(100);
    }
  });
});

describe("nothing in it hangs on who makes it", () => {
  test("all entries are of the time that was given, sorted, root's, and of plain modes", () => {
    for (const { layers } of archive.platforms) {
      for (const { files } of layers) {
        for (const [path, { header }] of files) {
          expect([path, header.mtime?.getTime()]).toEqual([path, IMAGE_EPOCH * 1000]);
          const others = { "work/": [0o755, 1000, 1000], "tmp/": [0o1777, 0, 0] }[path];
          const usual = [
            header.type === "symlink" ? 0o777 : header.type === "file" && !isProgram(header.mode) ? 0o644 : 0o755,
            0,
            0,
          ];
          expect([path, header.mode, header.uid, header.gid]).toEqual([path, ...(others ?? usual)]);
        }
      }
    }
  });

  test("no file names a folder of this machine", () => {
    const own = [ROOT.replace(/\/$/, ""), cacheDir(), join(tmpdir(), "packetwalk-")];
    const found: string[] = [];
    for (const platform of archive.platforms) {
      for (const [path, { bytes }] of platform.files) {
        for (const each of own) if (bytes.includes(each)) found.push(`${path}: ${each}`);
      }
    }
    expect(found).toEqual([]);
  });

  test("its making leaves nothing that is temporary", () => {
    expect(readdirSync(built.temporary).filter((name) => name.startsWith("packetwalk-"))).toEqual([]);
  });
});

const isProgram = (mode: number | undefined) => ((mode ?? 0) & 0o111) !== 0;

describe("it says in a sentence what is wrong", () => {
  /** A PATH with these programs of this machine only. */
  function pathOf(...programs: readonly string[]): string {
    const bin = mkdtempSync(join(folder, "bin-"));
    for (const each of programs) symlinkSync(each, join(bin, each.slice(each.lastIndexOf("/") + 1)));
    return bin;
  }

  test.each([
    [["--architecture", "riscv64"], {}, 4, /^packetwalk: --architecture: riscv64 is none of amd64, arm64\n$/],
    [["--name", "Packetwalk:1"], {}, 4, /^packetwalk: --name: Packetwalk:1 is not REGISTRY\/NAME/],
    [["--arch", "amd64"], {}, 4, /^packetwalk: Unknown option '--arch'.*npm run image -- \[--architecture/],
    [[], { SOURCE_DATE_EPOCH: "yesterday" }, 4, /^packetwalk: SOURCE_DATE_EPOCH: yesterday is not a number of seconds/],
  ])("%j %j", async (args, env, code, said) => {
    const ended = await image([...args, "--out", join(folder, "none")], env);
    expect([ended.exitCode, ended.stdout]).toEqual([code, ""]);
    expect(`${ended.stderr}\n`).toMatch(said);
  });

  test("where there is no apt", async () => {
    const ended = await image(["--out", join(folder, "none")], { PATH: pathOf(process.execPath) });
    expect([ended.exitCode, ended.stderr]).toEqual([5, expect.stringMatching(/^packetwalk: apt-get is missing, /)]);
  });

  test("where there is no Go, by which agents are built", async () => {
    const ended = await image(["--out", join(folder, "none")], {
      PATH: pathOf(process.execPath, "/usr/bin/apt-get", "/usr/bin/dpkg-deb"),
    });
    expect([ended.exitCode, ended.stderr]).toEqual([
      5,
      expect.stringMatching(
        /packetwalk: Go is not installed, and building packetwalk's agents needs it: install Go 1\.25/,
      ),
    ]);
  });

  test("where Debian can't be reached", async () => {
    const settings = join(folder, "apt.conf");
    // Port 1 of this machine: nobody listens there.
    writeFileSync(settings, 'Acquire::http::Proxy "http://127.0.0.1:1";\nAcquire::Retries "0";\n');
    const ended = await image(["--out", join(folder, "none"), "--architecture", "arm64"], { APT_CONFIG: settings });
    expect([ended.exitCode, ended.stderr]).toEqual([
      5,
      expect.stringMatching(/packetwalk: Debian's packages for linux\/arm64 can't be had here \(.*\)$/),
    ]);
  });
});
