import { expect, test } from "vitest";
import { proxyFor } from "../../../runner/cluster/access/proxy.ts";

const server = (address: string) => new URL(address);
const BOTH = { HTTPS_PROXY: "http://secure:3128", http_proxy: "plain:8080" };

test.each([
  ["https://api.shop.test:6443", undefined, BOTH, "http://secure:3128/"],
  ["http://api.shop.test", undefined, BOTH, "http://plain:8080/"],
  ["https://api.shop.test", "socks5://own:1080", { ...BOTH, NO_PROXY: "*" }, "socks5://own:1080"],
  ["https://127.0.0.1:6443", "http://own:3128", {}, "http://own:3128/"],
  ["https://api.shop.test", undefined, { HTTPS_PROXY: "", https_proxy: "https://lower:1" }, "https://lower:1/"],
  ["https://api.shop.test", undefined, { HTTP_PROXY: "http://plain:8080" }, undefined],
  ["https://api.shop.test", undefined, { HTTPS_PROXY: "http://" }, undefined],
])("to %s, with proxy-url %s and the environment %j, it goes through %s", (to, chosen, env, proxy) => {
  expect(proxyFor(server(to), chosen, env)?.href).toBe(proxy);
});

test.each(["https://127.0.0.1:6443", "https://127.9.9.9", "https://localhost:6443", "https://[::1]:6443"])(
  "this machine is reached without a proxy: %s",
  (to) => expect(proxyFor(server(to), undefined, BOTH)).toBeUndefined(),
);

test.each([
  ["*", "https://api.shop.test"],
  ["other.test, .shop.test", "https://api.shop.test"],
  ["*.shop.test", "https://api.shop.test"],
  ["shop.test", "https://api.shop.test"],
  ["shop.test", "https://shop.test:6443"],
  ["API.shop.TEST:6443", "https://api.shop.test:6443"],
  ["10.0.0.0/8", "https://10.1.2.3:6443"],
  ["10.1.2.3", "https://10.1.2.3:6443"],
  ["10.1.2.3:443", "https://10.1.2.3"],
  ["fd00::/16", "https://[fd00::5]:6443"],
  ["fd00::5", "https://[fd00:0:0::5]:6443"],
  ["[fd00::5]:6443", "https://[fd00::5]:6443"],
])("NO_PROXY %s spares %s", (noProxy, to) => {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    expect(proxyFor(server(to), undefined, { ...BOTH, [name]: noProxy })).toBeUndefined();
  }
});

test.each([
  ["", "https://api.shop.test"],
  [".shop.test", "https://shop.test"],
  ["shop.test", "https://bookshop.test"],
  ["api.shop.test:443", "https://api.shop.test:6443"],
  ["10.0.0.0/8", "https://11.1.2.3:6443"],
  ["10.0.0.0/8", "https://10.shop.test"],
  ["10.0.0.0/99", "https://10.1.2.3"],
  ["fd00::/16", "https://10.1.2.3"],
  ["10.1.2.3", "https://110.1.2.3"],
])("NO_PROXY %s does not spare %s", (noProxy, to) => {
  expect(proxyFor(server(to), undefined, { ...BOTH, NO_PROXY: noProxy })?.hostname).toBe("secure");
});
