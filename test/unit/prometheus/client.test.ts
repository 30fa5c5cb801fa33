import { afterEach, expect, it } from "vitest";
import { prometheusAddress } from "../../../runner/prometheus/address.ts";
import { openPrometheus } from "../../../runner/prometheus/client.ts";
import { withoutSecrets } from "../../../runner/secrets.ts";
import { type Api, type ApiOptions, api } from "../cluster/servers/api.ts";
import { folder } from "../cluster/servers/files.ts";

const TOKEN = { file: undefined, fileFlag: "--prometheus-token-file", variable: "TOKEN" };
const TIME = JSON.stringify({
  status: "success",
  data: { resultType: "scalar", result: [1, String(Date.now() / 1000)] },
});

let server: Api | undefined;
afterEach(async () => server?.[Symbol.asyncDispose]());

async function serve(status: number, body: string, headers: Record<string, string> = {}, more: ApiOptions = {}) {
  server = await api({
    ...more,
    answer: (_, response) => {
      response.writeHead(status, headers);
      response.end(body);
    },
  });
  return server;
}

const at = (text: string, env: Record<string, string> = {}) => prometheusAddress("--prometheus", text, TOKEN, env);

it("is asked below its own path, with user and password as Basic and out of every message", async () => {
  const { url, asked } = await serve(200, TIME);
  const address = at(`${url.replace("//", "//reader:s3cret%25pass@")}/monitoring`);
  await openPrometheus(address);
  expect(asked.map(({ url: path }) => path)).toEqual(["/monitoring/api/v1/query?query=time%28%29"]);
  expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from("reader:s3cret%pass").toString("base64")}`);
  expect(address.url.href).not.toContain("s3cret");
  expect(withoutSecrets(`--prometheus ${url.replace("//", "//reader:s3cret%25pass@")} s3cret%pass`)).not.toContain(
    "s3cret",
  );
});

it("is shown a token of a file, or of the environment", async () => {
  const { url, asked } = await serve(200, TIME);
  using files = folder();
  await openPrometheus(at(url, { TOKEN: "from-environment" }));
  const file = files.write("token", "from-file\n");
  await openPrometheus(prometheusAddress("--prometheus", url, { ...TOKEN, file }, {}));
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer from-environment", "Bearer from-file"]);
});

it("is the only address: a redirection is told and not followed", async () => {
  const other = await api({});
  const { url } = await serve(302, "", { location: other.url });
  await expect(openPrometheus(at(url))).rejects.toThrow(
    /^--prometheus: 127\.0\.0\.1:\d+ sends us elsewhere \(HTTP 302\)/,
  );
  expect(other.asked).toEqual([]);
  await other[Symbol.asyncDispose]();
});

it.each([
  [401, "<html>", /wants to know who asks \(HTTP 401\)/],
  [200, "<html>", /does not answer as Prometheus does \(HTTP 200\).*\/api\/v1\/query/],
  [200, '{"status":"success","data":{"resultType":"vector","result":[]}}', /does not answer as Prometheus does/],
  [503, '{"status":"error","error":"TSDB not\\u001b ready"}', /the query time\(\) was refused: TSDB not {1,2}ready$/],
])("an answer of %i %s is one sentence", async (status, body, sentence) => {
  const { url } = await serve(status, body);
  await expect(openPrometheus(at(url))).rejects.toThrow(sentence);
});

it("an answer that does not end is cut off", async () => {
  server = await api({
    answer: (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, "x");
      const more = () => {
        while (!response.destroyed && response.write(chunk));
        response.once("drain", more);
      };
      more();
    },
  });
  await expect(openPrometheus(at(server.url))).rejects.toThrow(/--prometheus: its answer is over 32 MiB/);
});

it("a certificate of nobody known is told without a word of kubeconfigs", async () => {
  const { url } = await serve(200, TIME, {}, { certificate: "server" });
  await expect(openPrometheus(at(url))).rejects.toThrow(
    /is not trusted; add it to this machine's CAs, or name a file .* SSL_CERT_FILE/,
  );
});

it("samples that are no numbers were not measured", async () => {
  const matrix = {
    resultType: "matrix",
    result: [
      {
        metric: { a: "b" },
        values: [
          [1, "2"],
          [2, "NaN"],
          [3.5, "4"],
        ],
      },
    ],
  };
  const answers = [TIME, JSON.stringify({ status: "success", data: matrix, warnings: ["partial"] })];
  server = await api({ answer: (_, response) => response.end(answers.shift()) });
  const prometheus = await openPrometheus(at(server.url));
  expect(await prometheus.samples("up", 1_000, 61_000)).toEqual([
    {
      labels: { a: "b" },
      samples: [
        { atMs: 1000, value: 2 },
        { atMs: 3500, value: 4 },
      ],
    },
  ]);
  expect([...prometheus.warnings]).toEqual(["partial"]);
  expect(decodeURIComponent(server.asked[1]?.url ?? "")).toBe("/api/v1/query?query=up[60000ms]&time=61.000");
});

it.each([
  ["prometheus:9090", {}, /^--prometheus: is not an address; give one that begins with http/],
  ["ftp://secret@host", {}, /^--prometheus: is not an address/],
  ["http://host/?a=b", {}, /something after \? or #/],
  ["http://a:b%zz@host", {}, /write % as %25/],
  ["http://a:secret@host", { TOKEN: "one-more" }, /more than one of a user in the address/],
])("%s is refused, and not repeated", (text, env, sentence) => {
  expect(() => at(text, env)).toThrow(sentence);
  expect(() => at(text, env)).not.toThrow(/secret/);
});
