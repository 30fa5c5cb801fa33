/** Where servers listen, by the family of the Service before them. */

import type { V1PodSpec } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { familyOf } from "../../../../../runner/workloads/family.ts";
import { listenOnIpv6 } from "../../../../../runner/workloads/web.ts";
import { configurationFiles } from "../../../../../suites/rolling-update/stage/paths/configuration.ts";
import { sidecarConfiguration } from "../../../../../suites/rolling-update/stage/paths/envoy-sidecar.ts";
import { listenFile } from "../../../../../suites/rolling-update/stage/paths/nginx.ts";
import { webConfiguration } from "../../../../../suites/rolling-update/stage/rolling-web.ts";

const listens = (text: string) => text.match(/^\s*listen (?!127)[^;]*/gm)?.map((each) => each.trim()) ?? [];

test.each([
  ["10.96.0.10", "ipv4"],
  ["fd00:10:96::a", "ipv6"],
  ["None", "ipv4"],
])("the family of %s is %s", (address, family) => {
  expect(familyOf(address)).toBe(family);
});

test.each([
  ["ipv4", "listen 80", "listen 8080 backlog=4096"],
  ["ipv6", "listen [::]:80 ipv6only=off", "listen [::]:8080 ipv6only=off backlog=4096"],
] as const)("%s: web and every NGINX listen there, and nowhere else", (family, web, proxy) => {
  expect(Object.values(webConfiguration(family).data ?? {}).flatMap(listens)).toEqual([web]);
  const nginx = configurationFiles("paths/nginx", ["nginx.conf", listenFile(family)]);
  expect(Object.values(nginx).flatMap(listens)).toEqual([proxy]);
  const sidecar = sidecarConfiguration(false, family);
  expect(Object.entries(sidecar).flatMap(([name, text]) => (name.endsWith(".conf") ? listens(text) : []))).toEqual([
    proxy,
  ]);
});

test.each([
  ["ipv4", { address: "0.0.0.0", port_value: 15021 }],
  ["ipv6", { address: "::", ipv4_compat: true, port_value: 15021 }],
] as const)("%s: Envoy answers the kubelet there", (family, address) => {
  const { static_resources } = parse(sidecarConfiguration(true, family)["envoy.yaml"] ?? "");
  const ready = static_resources.listeners.find(({ name }: { name: string }) => name === "ready");
  expect(ready.address.socket_address).toEqual(address);
});

test("the flood's web gets a configuration of ours where its image's does not listen", () => {
  const pod: V1PodSpec = { containers: [{ name: "web", volumeMounts: [{ name: "scratch", mountPath: "/run" }] }] };
  listenOnIpv6(pod);
  expect(pod.volumes).toEqual([{ name: "configuration", configMap: { name: "web" } }]);
  expect(pod.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(["/run", "/etc/nginx/conf.d"]);
});
