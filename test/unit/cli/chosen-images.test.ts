import { expect, test } from "vitest";
import { chosenImages } from "../../../runner/cli/chosen-images.ts";

const LAB = { lab: "none" };
const DIGEST = `registry.example/nginx@sha256:${"a".repeat(64)}`;

test("every default is a full name of a public registry, with a fixed version", () => {
  const { dnsperf, ...named } = chosenImages(LAB);
  expect(dnsperf).toBeUndefined();
  for (const image of Object.values(named))
    expect(image).toMatch(/^docker\.io\/[a-z]+\/[a-z]+:v?\d+\.\d+(\.\d+)?(-slim)?$/);
});

test("a mirror has them under the names that people write", () => {
  const { busybox, coredns, envoy } = chosenImages({ ...LAB, imageRegistry: "mirror.example/hub/" });
  expect([busybox, coredns, envoy]).toEqual([
    expect.stringMatching(/^mirror\.example\/hub\/busybox:/),
    expect.stringMatching(/^mirror\.example\/hub\/coredns\/coredns:/),
    expect.stringMatching(/^mirror\.example\/hub\/envoyproxy\/envoy:/),
  ]);
});

test("each can be another, by digest too, whatever the mirror; the paths' NGINX is not the workload's", () => {
  const named = { ...LAB, imageRegistry: "mirror.example", nginxImage: DIGEST, agentImage: DIGEST };
  expect(chosenImages(named)).toMatchObject({ nginx: DIGEST, busybox: DIGEST });
  expect(chosenImages(named).web).toMatch(/^mirror\.example\/nginx:/);
  expect(chosenImages({ ...LAB, webImage: DIGEST })).toMatchObject({ web: DIGEST, "web-sigquit": DIGEST });
});
