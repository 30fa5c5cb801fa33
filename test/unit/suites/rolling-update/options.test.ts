import { expect, test } from "vitest";
import { UsageError } from "../../../../runner/errors.ts";
import { ROLLOUT_OPTIONS } from "../../../../suites/rolling-update/options.ts";

test("--paths takes names with commas between them", () => {
  expect(ROLLOUT_OPTIONS.paths.parse("nginx, ingress-traefik")).toEqual(["nginx", "ingress-traefik"]);
});

test.each(["", "nginx,", "nginx,,envoy-sidecar", " "])("--paths refuses an empty name: %j", (text) => {
  expect(() => ROLLOUT_OPTIONS.paths.parse(text)).toThrow(UsageError);
  expect(() => ROLLOUT_OPTIONS.paths.parse(text)).toThrow(/^--paths: /);
});
