import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { estimate } from "../../../runner/lab/builds/estimate.ts";
import { hashTree } from "../../../runner/lab/builds/hash.ts";
import { writeImage } from "../../../runner/lab/images/oci.ts";
import { withLock } from "../../../runner/lab/lock.ts";
import { parseMountPoints } from "../../../runner/lab/machine/mounts.ts";
import { identify, isAlive } from "../../../runner/lab/machine/processes.ts";
import { labFiles } from "../../../runner/lab/paths.ts";
import { sentenceOf } from "../../../runner/lab/sentence.ts";
import { settleAll } from "../../../runner/lab/settle-all.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "packetwalk-unit-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("estimate", () => {
  it("names no time before there is a pace", () => {
    expect(estimate(5, 800, 60_000)).toBe("compiled 5 of 800 packages");
    expect(estimate(100, 800, 5_000)).toBe("compiled 100 of 800 packages");
  });

  it("extrapolates the pace, in minutes and then in seconds", () => {
    expect(estimate(200, 800, 60_000)).toBe("compiled 200 of 800 packages, about 4 min left");
    expect(estimate(700, 800, 210_000)).toMatch(/about 45 s left$/);
  });
});

describe("withLock", () => {
  it("lets one holder in at a time, and the next one in when the work throws", async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} in`);
      await sleep(20);
      events.push(`${name} out`);
      if (name === "a") throw new Error("failed");
    };
    const lock = `unit-${process.pid}`;
    const results = await Promise.allSettled([
      withLock(lock, () => {}, work("a")),
      withLock(lock, () => events.push("b waits"), work("b")),
    ]);
    expect(results.map((result) => result.status)).toEqual(["rejected", "fulfilled"]);
    expect(events.filter((event) => event !== "b waits")).toEqual(["a in", "a out", "b in", "b out"]);
    expect(events).toContain("b waits");
  });
});

describe("sentenceOf", () => {
  it("says in words what the kernel has no more of, with what the component said", () => {
    const said = "kubelet of node2 ended: inotify_init: too many open files";
    const inWords = `no process of this machine may watch more files (${said})`;
    expect(sentenceOf(new Error(said))).toBe(inWords);
    expect(sentenceOf(new Error(inWords))).toBe(inWords);
    expect(sentenceOf(new Error("etcd ended"))).toBe("etcd ended");
  });
});

describe("settleAll", () => {
  it("throws the first failure, but only when everything has ended", async () => {
    let slow = "running";
    const slowly = sleep(30).then(() => {
      slow = "ended";
    });
    await expect(settleAll([slowly, Promise.reject(new Error("quick"))])).rejects.toThrow("quick");
    expect(slow).toBe("ended");
    expect(await settleAll([Promise.resolve(1), Promise.resolve("a")])).toEqual([1, "a"]);
  });
});

describe("parseMountPoints", () => {
  it("decodes the kernel's escapes", () => {
    const line = (path: string) => `22 27 0:21 / ${path} rw,relatime - proc proc rw`;
    expect(parseMountPoints(`${line("/proc")}\n${line("/a\\040b")}\n`)).toEqual(["/proc", "/a b"]);
  });
});

describe("identify", () => {
  it("tells a process from a later one of the same id", async () => {
    const self = await identify(process.pid);
    expect(self).toBeDefined();
    if (!self) return;
    expect(await isAlive(self)).toBe(true);
    expect(await isAlive({ ...self, startTicks: self.startTicks - 1 })).toBe(false);
  });
});

describe("labFiles", () => {
  it("follows XDG_STATE_HOME if it is absolute", () => {
    const saved = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = "/state";
    expect(labFiles("a").root).toBe("/state/packetwalk/labs/a");
    process.env.XDG_STATE_HOME = "relative";
    expect(labFiles("a").root).toMatch(/^\/.*\/\.local\/state\/packetwalk\/labs\/a$/);
    if (saved === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = saved;
  });
});

describe("hashTree", () => {
  it("changes with names, contents and seed, and with nothing else", async () => {
    await writeFile(join(directory, "a"), "1");
    const hash = await hashTree(directory);
    expect(await hashTree(directory)).toBe(hash);
    expect(await hashTree(directory, { seed: ["go1.25"] })).not.toBe(hash);
    await writeFile(join(directory, "b"), "ignored");
    expect(await hashTree(directory, { isPart: (path) => path.endsWith("a") })).toBe(hash);
    await writeFile(join(directory, "a"), "2");
    expect(await hashTree(directory, { isPart: (path) => path.endsWith("a") })).not.toBe(hash);
  });
});

describe("writeImage", () => {
  it("writes the same bytes for the same content", async () => {
    const rootDirectory = join(directory, "root");
    await mkdir(rootDirectory);
    await writeFile(join(rootDirectory, "program"), "x", { mode: 0o755 });
    const spec = { reference: "packetwalk.local/x:1", rootDirectory, entrypoint: ["/program"] };
    const hashes: string[] = [];
    for (const attempt of ["1", "2"]) {
      const work = join(directory, `work${attempt}`);
      const out = join(directory, `out${attempt}`);
      await mkdir(work);
      await mkdir(out);
      await writeImage(spec, work, join(out, "image.tar"));
      hashes.push(await hashTree(out));
    }
    expect(hashes[0]).toBe(hashes[1]);
  });
});
