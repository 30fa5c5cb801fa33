import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { openNamed } from "../../../runner/cli/open-named.ts";
import { fakeApi } from "../undo/fake-api.ts";
import { stateFolder } from "../undo/state-folder.ts";

const state = stateFolder();
afterEach(() => {
  vi.unstubAllEnvs();
});

test("a cluster's kubeconfig is known by its whole path, wherever the next command is run", async () => {
  await using api = await fakeApi({ uid: "a" });
  const file = join(state.path, "k.yaml");
  writeFileSync(file, api.kubeconfig);
  const here = relative(process.cwd(), file);
  expect(await openNamed({ kubeconfig: here })).toMatchObject({
    ref: { kind: "kubeconfig", file, context: "c" },
    clusterUid: "a",
  });
  vi.stubEnv("KUBECONFIG", here);
  expect((await openNamed({ context: "c" })).ref.file).toEqual([file]);
});
