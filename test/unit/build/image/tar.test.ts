import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newLayout } from "../../../../build/image/layout.ts";
import { type Overrides, tarOf } from "../../../../build/image/tar.ts";

const SECONDS = 1_700_000_000;
const OVERRIDES: Overrides = { work: { mode: 0o755, uid: 1000 } };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-tar-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Maker {
  readonly of: readonly string[];
  readonly modes: { readonly folder: number; readonly program: number; readonly file: number };
  readonly changed: Date;
}

const USUAL: Maker = {
  of: ["usr", "work"],
  modes: { folder: 0o755, program: 0o755, file: 0o644 },
  changed: new Date("2026-01-02T03:04:05Z"),
};
/** Under umask 077, at another time, and in another order. */
const OTHER: Maker = {
  of: ["work", "usr"],
  modes: { folder: 0o700, program: 0o700, file: 0o600 },
  changed: new Date("2020-06-07T08:09:10Z"),
};

function madeBy(name: string, { of, modes, changed }: Maker, text = "text"): string {
  const root = join(folder, name);
  mkdirSync(root);
  for (const each of of) {
    mkdirSync(join(root, each));
    writeFileSync(join(root, each, "program"), "#!/bin/sh\n");
    chmodSync(join(root, each, "program"), modes.program);
    writeFileSync(join(root, each, "file"), text);
    chmodSync(join(root, each, "file"), modes.file);
    symlinkSync("file", join(root, each, "link"));
    for (const file of ["program", "file"]) utimesSync(join(root, each, file), changed, changed);
    chmodSync(join(root, each), modes.folder);
  }
  return root;
}

async function sha256Of(tar: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of tar) if (chunk instanceof Uint8Array) hash.update(chunk);
  return hash.digest("hex");
}

test("a tar is of the same bytes whoever made the files, when, in what order and under which umask", async () => {
  const [one, two] = [madeBy("usual", USUAL), madeBy("other", OTHER)];
  const usual = await sha256Of(tarOf(one, SECONDS, OVERRIDES));
  expect(await sha256Of(tarOf(two, SECONDS, OVERRIDES))).toBe(usual);
  const others = [
    tarOf(one, SECONDS + 1, OVERRIDES),
    tarOf(one, SECONDS),
    tarOf(madeBy("changed", USUAL, "other text"), SECONDS, OVERRIDES),
  ];
  for (const each of others) expect(await sha256Of(each)).not.toBe(usual);
});

test("a layer is of the same bytes in every layout, and has the digest that its tar had", async () => {
  const root = madeBy("layer", USUAL);
  const layers = [];
  for (const name of ["one", "two"]) {
    const layout = await newLayout(join(folder, `layout-${name}`));
    layers.push(await layout.addLayer(tarOf(root, SECONDS, OVERRIDES)));
  }
  expect(layers[1]).toEqual(layers[0]);
  expect(layers[0]?.diffId).toBe(`sha256:${await sha256Of(tarOf(root, SECONDS, OVERRIDES))}`);
});
