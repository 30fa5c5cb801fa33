import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../../../runner/errors.ts";
import type { Plan } from "../../../../runner/rehearsal/plan/plan.ts";
import { readWholePlan } from "../../../../runner/rehearsal/plan/read.ts";
import { planOf, sentenceOf, withTarget } from "./plans.ts";

const SCRIPT = 'import http from "k6/http";\nexport default () => http.get(`http://shop.example/`);\n';
const k6 = (fields: string) => withTarget(`  - { name: a, k6: load.js, ${fields} }`);
const FILES = { "load.js": SCRIPT };

test("a k6 script is read with its hosts and variables", () => {
  const text = k6(
    "owned: true, hosts: [shop.example, 'api.shop.svc:8080', '10.96.0.10:80'], env: { USERS: '5', TOKEN: { secret: shop/rehearsal, key: token } }",
  );
  expect(planOf(text, FILES).targets).toEqual([
    {
      name: "a",
      weight: 1,
      kind: "k6",
      owned: true,
      file: "load.js",
      exec: null,
      script: SCRIPT,
      hosts: ["shop.example:80", "shop.example:443", "api.shop.svc:8080", "10.96.0.10:80"],
      env: { USERS: "5" },
      secretEnv: [{ variable: "TOKEN", namespace: "shop", secret: "rehearsal", key: "token" }],
    },
  ]);
});

describe("is refused by field", () => {
  const mine = "owned: true, hosts: [shop.example]";
  test.each<[string, string]>([
    [
      k6("hosts: [shop.example]"),
      "3: targets.0.owned: is missing; load is put only on what is yours, since it may break it, so write owned: true if k6 load.js is",
    ],
    [
      k6("owned: true"),
      "3: targets.0.hosts: is missing; write all hosts that the k6 script may talk to: it reaches no others",
    ],
    [k6("owned: true, hosts: []"), "3: targets.0.hosts: is empty; write at least one host"],
    [
      k6("owned: true, hosts: [shop.example, 'http://a/b']"),
      '3: targets.0.hosts.1: "http://a/b" is not a host; write its name in lower case, such as api.shop.svc:8080, without http:// and path',
    ],
    [
      k6("owned: true, hosts: ['shop.example:70000']"),
      '3: targets.0.hosts.0: "shop.example:70000" is not a host; write its name in lower case, such as api.shop.svc:8080, without http:// and path',
    ],
    [
      k6("owned: true, hosts: ['*.example']"),
      '3: targets.0.hosts.0: "*.example" is not a host; write its name in lower case, such as api.shop.svc:8080, without http:// and path',
    ],
    [
      k6(`${mine}, path: /a`),
      "3: targets.0.path: says what a request is, and the k6 script makes its own; take it out",
    ],
    [
      k6(`${mine}, env: { K6_HOSTS: a }`),
      "3: targets.0.env.K6_HOSTS: is a setting of k6's or packetwalk's own, which the plan makes; take it out",
    ],
    [
      k6(`${mine}, exec: "a()"`),
      '3: targets.0.exec: "a()" is not the name of a function; write one that the k6 script exports',
    ],
    [
      k6(`${mine}, env: { A-B: a }`),
      "3: targets.0.env.A-B: is not the name of a variable; write letters, digits and _",
    ],
    [
      k6(`${mine}, env: { A: { secret: shop, key: a } }`),
      '3: targets.0.env.A.secret: "shop" is not a Secret; write NAMESPACE/NAME',
    ],
    [
      withTarget("  - { name: a, service: shop/web, owned: true, hosts: [a.b] }"),
      "3: targets.0.hosts: goes with k6, and this is a service target; take it out",
    ],
    [
      withTarget(`  - { name: b, reference: {} }\n  - { name: a, k6: load.js, ${mine} }`),
      "4: targets.1.k6: can't be beside other targets, since the plan's rates are iterations of the script; leave it alone, or take it out",
    ],
    [
      k6(mine).replace("newConnections: 1", "arrivals: poisson"),
      "4: traffic.arrivals: is poisson, and k6's arrivals are evenly spaced; write constant",
    ],
    [
      k6(mine).replace("newConnections: 1", "newConnections: 0.5"),
      "4: traffic.newConnections: is a part of the requests, and k6 opens connections for all of them or keeps those of its virtual users; write 100 % or 0 %",
    ],
  ])("%j", (text, sentence) => expect(sentenceOf(text, FILES)).toBe(`plan.yaml:${sentence}`));
});

async function whole(files: Readonly<Record<string, string>>, more = ""): Promise<Plan | string> {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-script-"));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
    writeFileSync(join(folder, "plan.yaml"), k6(`owned: true, hosts: [shop.example]${more}`));
    return await readWholePlan(join(folder, "plan.yaml"));
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.replaceAll(`${folder}/`, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("of a plan that is read whole", () => {
  test("the script has all that it imports, and k6's own modules are left to k6", async () => {
    const plan = await whole({
      "load.js":
        'import http from "k6/http";\nimport { path } from "./paths.ts";\nexport default () => http.get(path);\n',
      "paths.ts": 'export const path: string = "http://shop.example/carts";\n',
    });
    const [target] = typeof plan === "string" ? [] : plan.targets;
    expect(target?.kind).toBe("k6");
    const script = target?.kind === "k6" ? target.script : "";
    expect(script).toMatch(/from "k6\/http"/);
    expect(script).toContain("http://shop.example/carts");
    expect(script).not.toMatch(/paths\.ts"/);
  });

  test("one of its functions becomes the load, and what its options say of theirs goes; the script is as it was", async () => {
    const plan = await whole(
      {
        "load.js": `export const options = {
  scenarios: { buy: { executor: "constant-vus", vus: 5, duration: "1m", exec: "buy" } },
  stages: [], duration: "1m", iterations: 3, vus: 9,
  userAgent: "ours", thresholds: { checks: ["rate>0.9"] },
};
export const setup = () => ({ id: 17 });
export function buy({ id }) { return \`bought \${id}\`; }
export function look() { return "looked"; }
export default () => "default";
`,
      },
      ", exec: buy",
    );
    const [target] = typeof plan === "string" ? expect.fail(plan) : plan.targets;
    const script = target?.kind === "k6" ? target.script : "";
    const read = await import(`data:text/javascript,${encodeURIComponent(script)}`);
    expect(read.options).toEqual({ userAgent: "ours", thresholds: { checks: ["rate>0.9"] } });
    expect(read.default(read.setup())).toBe("bought 17");
    expect(read.look()).toBe("looked");
  });

  test("a function that it has not is refused at its field", async () => {
    const files = { "load.js": "export function buy() {}\nexport function look() {}\n" };
    expect(await whole(files, ", exec: sell")).toBe(
      'plan.yaml:3: targets.0.exec: "sell" is nothing that load.js exports; write one of buy, look',
    );
    // It needs no options, and no default function.
    expect(await whole(files, ", exec: look")).toBeTypeOf("object");
  });

  test.each<[string, string, RegExp]>([
    ["no default function", "export function a() {}", /load\.js exports no default function/],
    ["what is not there", 'import "./away.js"; export default 1', /load\.js can't be bundled: .*away\.js/],
    [
      "a library over the network",
      'import a from "https://jslib.example/a.js"; export default a',
      /load\.js imports https:\/\/jslib\.example\/a\.js, which is not part of the k6 that runs it/,
    ],
    ["an extension", 'import a from "k6/x/packetwalk"; export default a', /load\.js imports k6\/x\/packetwalk, which/],
    [
      "a browser",
      'import { browser } from "k6/browser"; export default browser',
      /load\.js imports k6\/browser, which/,
    ],
  ])("%s is refused", async (_, script, sentence) => {
    const said = await whole({ "load.js": script });
    expect(said).toMatch(/^plan\.yaml:3: targets\.0\.k6: /);
    expect(said).toMatch(sentence);
  });
});
