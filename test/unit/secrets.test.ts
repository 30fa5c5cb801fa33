import { expect, test } from "vitest";
import { oneLine, reasonOf } from "../../runner/errors.ts";
import { keepSecret, withoutSecrets } from "../../runner/secrets.ts";

test("what was kept as a secret is cut out of every reason", () => {
  keepSecret("hunter2-token", "two parts-of-it", undefined, "abc");
  expect(reasonOf(new Error("Bearer hunter2-token\n is not a legal HTTP header value"))).toBe("Bearer ***");
  expect(reasonOf(new Error("refused", { cause: new Error("said hunter2-token") }))).toBe("refused: said ***");
  expect(reasonOf("hunter2-token")).toBe("***");
  expect(withoutSecrets("parts-of-it alone")).toBe("*** alone");
  // Too short: it would be found in ordinary words.
  expect(withoutSecrets("two")).toBe("two");
});

test.each([
  ["a JSON Web Token", "got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl from it", "got *** from it"],
  ["an EKS token", "k8s-aws-v1.aHR0cHM6Ly9zdHM", "***"],
  ["an Authorization header", "Authorization: Basic amFuZTpwYXNz", "Authorization: Basic ***"],
  ["a URL's password", "proxy http://jane:pass@proxy:3128/ refused", "proxy http://***@proxy:3128/ refused"],
])("%s is recognised by its looks", (_what, text, clean) => {
  expect(withoutSecrets(text)).toBe(clean);
});

test("an error without a message has its name, and one that begins with an empty line its first words", () => {
  expect(reasonOf(new TypeError(""))).toBe("TypeError");
  expect(reasonOf(new Error("\n\nfirst\nsecond"))).toBe("first");
});

test("several lines become one", () => {
  expect(oneLine("policy refused:\n\n  rule a:\r\n\tprivileged\n")).toBe("policy refused: rule a: privileged");
});
