import { expect, test } from "vitest";
import { sourceOf } from "../../../../build/image/origin.ts";

test.each([
  ["https://github.com/example/packetwalk.git", "https://github.com/example/packetwalk"],
  ["https://user:secret@git.example:8443/team/packetwalk", "https://git.example:8443/team/packetwalk"],
  ["git@github.com:example/packetwalk.git", "https://github.com/example/packetwalk"],
  ["ssh://git@git.example/team/packetwalk.git", "https://git.example/team/packetwalk"],
  ["/srv/git/packetwalk.git", undefined],
  ["../packetwalk", undefined],
])("a remote %s is the source %s", (remote, source) => {
  expect(sourceOf(remote)).toBe(source);
});
