import { expect, test } from "vitest";
import { hostPort } from "../../runner/host-port.ts";

test.each([
  ["10.96.0.1", 80, "10.96.0.1:80"],
  ["web.shop.svc", "8080", "web.shop.svc:8080"],
  ["fd00:10:96::1", 80, "[fd00:10:96::1]:80"],
  ["::1", 6443, "[::1]:6443"],
  [new URL("http://[fd00::2]:81").hostname, 81, "[fd00::2]:81"],
])("%s and %s are joined so that they can be told apart", (host, port, joined) => {
  expect(hostPort(host, port)).toBe(joined);
});
