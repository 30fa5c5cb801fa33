import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NOWHERE } from "../../support/nowhere.ts";
import { packetwalk } from "../../support/packetwalk.ts";

let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-cli-"));
  env = { XDG_STATE_HOME: join(folder, "state") };
  writeFileSync(join(folder, "broken.yaml"), "clusters: [\n  name: x\nusers: ]\n");
  writeFileSync(join(folder, "unreachable.yaml"), NOWHERE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = () => ["--out", join(folder, "out")];

test.each([
  ["an unknown command", ["explode"], 4, /unknown command 'explode'/],
  ["no suite", ["compare"], 4, /missing required argument 'suite'/],
  [
    "an unknown suite",
    ["compare", "conection-flood"],
    4,
    /there is no suite "conection-flood"; choose from connection-flood/,
  ],
  [
    "paths where there is one way",
    ["compare", "connection-flood", "--paths", "nginx"],
    4,
    /--paths is an option of rolling-update; name that suite, or leave it out/,
  ],
  [
    "an engine without timelines for a suite that reads them",
    ["compare", "rolling-update", "--engine", "flood"],
    4,
    /engine flood can't make the load of rolling-update: it leaves no timelines.*choose undici/,
  ],
  [
    "an unknown fault",
    ["compare", "dns-storm", "--faults", "slow-upstream,earthquake"],
    4,
    /dns-storm has no fault "earthquake"; choose from slow-upstream, /,
  ],
  [
    "an image of one's own for the lab, which builds its own",
    ["compare", "dns-storm", "--dnsperf-image", "mine/dnsperf:1"],
    4,
    /--coredns-image and --dnsperf-image go with --kubeconfig or --context/,
  ],
  [
    "faults where none can be chosen",
    ["compare", "saturation", "--faults", "kill-pod"],
    4,
    /--faults is an option of dns-storm; name that suite, or leave it out/,
  ],
  [
    "no address to write a comparison's result to",
    ["compare", "connection-flood", "--prometheus-write", "prometheus:9090"],
    4,
    /^packetwalk: --prometheus-write: is not an address; give one that begins with http:\/\/ or https:\/\/\n$/,
  ],
  [
    "a token for an address that is not given",
    ["report", ".", "--prometheus-write-token-file", "token"],
    4,
    /--prometheus-write-token-file: is of no use without --prometheus-write/,
  ],
  ["a report of nothing", ["report"], 4, /missing required argument 'dir'/],
  [
    "an unknown format",
    ["report", ".", "--format", "pdf"],
    4,
    /Allowed choices are html, md, junit, json, openmetrics, csv, k6, k6-data/,
  ],
  ["a rate of nothing", ["doctor", "--rate", "0"], 4, /give connections a second, above 0/],
  ["an unknown severity", ["doctor", "--fail-on", "bad"], 4, /Allowed choices are info, warning, critical/],
  ["two formats at once", ["doctor", "--json", "--md"], 4, /--json and --md: choose one/],
  [
    "a folder for doctor that can't be made",
    ["doctor", "--lab", "nowhere", "--out", "/dev/null/out"],
    5,
    /--out \/dev\/null\/out can't be made: ENOTDIR/,
  ],
  ["doctor for a lab that is not up", ["doctor", "--lab", "nowhere"], 5, /lab "nowhere" is not up/],
  ["a chain that is too long", ["compare", "dns-storm", "--depth", "101"], 4, /at most 100 services in a row/],
  [
    "requests where names are looked up",
    ["compare", "dns-storm", "--engine", "k6"],
    4,
    /engine k6 can't make the load of dns-storm: it sends requests, and this suite has a load of its own \(lookups\)/,
  ],
  [
    "both arms at the same time where they share what they fill",
    ["compare", "connection-flood", "--side-by-side"],
    4,
    /--side-by-side: the arms of connection-flood would fill the same tables on nodes; they take turns/,
  ],
  [
    "both arms at the same time where one changes nodes",
    ["compare", "dns-storm", "--side-by-side", "--tuned", "node-local-cache"],
    4,
    /--side-by-side: baseline or node-local-cache changes nodes/,
  ],
  [
    "both arms at the same time and in turn",
    ["compare", "dns-storm", "--side-by-side", "--in-turn"],
    4,
    /'--side-by-side' cannot be used with option '--in-turn'/,
  ],
  [
    "a folder for results beside the one of the run that goes on",
    ["compare", "connection-flood", "--resume", "before", "--out", "after"],
    4,
    /'--resume <dir>' cannot be used with option '--out <dir>'/,
  ],
  [
    "a run to go on with that is not there",
    ["compare", "connection-flood", "--resume", "/nowhere"],
    4,
    /--resume \/nowhere is not a folder; name the one that the interrupted run's results went to/,
  ],
  [
    "an unknown arm",
    ["compare", "connection-flood", "--tuned", "magic"],
    4,
    /--tuned: connection-flood has no arm "magic"; choose one of baseline/,
  ],
  [
    "a tuning that the suite can't stage",
    ["compare", "dns-storm", "--tuned", "fin-timeout-15"],
    4,
    /--tuned: dns-storm can't stage fin-timeout-15, which is of kind node-sysctl; it stages pod-dns-config/,
  ],
  [
    "tunings that contradict each other",
    ["preflight", "rolling-update", "--tuned", "recommended,grace-period-1"],
    4,
    /--tuned: grace-period-45 sets spec\.terminationGracePeriodSeconds of the web pods to 45, and grace-period-1 to 1/,
  ],
  [
    "a folder without a tuning",
    ["compare", "dns-storm", "--baseline", "./nowhere"],
    4,
    /\.\/nowhere can't be read: ENOENT/,
  ],
  ["an unknown tuning", ["tunings", "ndot-2"], 4, /there is no tuning "ndot-2"; did you mean ndots-2\?/],
  [
    "one that a cluster is asked about",
    ["tunings", "--here", "ndot-2"],
    4,
    /no tuning "ndot-2"; did you mean ndots-2\?/,
  ],
  [
    "a kubeconfig that is not there, to ask what can be applied",
    ["tunings", "--here", "--kubeconfig", "./nowhere"],
    4,
    /kubeconfig \.\/nowhere does not exist; name one with --kubeconfig FILE/,
  ],
  [
    "a cluster that is to be asked nothing",
    ["tunings", "ndots-2", "--kubeconfig", "./nowhere"],
    4,
    /--kubeconfig names a cluster to ask: add --here, or leave it out/,
  ],
  ["several tunings, and nothing to ask", ["tunings", "ndots-2", "ndots-1"], 4, /name ndots-2 alone, or add --here/],
  [
    "an unknown engine",
    ["compare", "connection-flood", "--engine", "jmeter"],
    4,
    /there is no engine "jmeter"; choose from flood, k6/,
  ],
  [
    "an engine that can't make the suite's load",
    ["compare", "connection-flood", "--engine", "autocannon"],
    4,
    /engine autocannon can't make the load of connection-flood: it sends only as fast as it is answered.*choose flood or k6 or undici/,
  ],
  ["rounds that are not a number", ["compare", "connection-flood", "--rounds", "many"], 4, /whole number from 1 up/],
  ["an unknown option", ["compare", "connection-flood", "--fast"], 4, /unknown option '--fast'/],
  ["a proxy mode that is not offered", ["lab", "up", "--proxy", "ipvs"], 4, /iptables, nftables/],
  ["a CNI that is not offered", ["lab", "up", "--cni", "flannel"], 4, /direct, cilium/],
  [
    "kube-proxy's mode where there is no kube-proxy",
    ["lab", "up", "--cni", "cilium", "--proxy", "nftables"],
    4,
    /--proxy is kube-proxy's mode, and with --cni cilium there is no kube-proxy: leave one of them out/,
  ],
  [
    "options of Cilium without Cilium",
    ["lab", "up", "--cilium-config", "cilium.yaml"],
    4,
    /--cilium-config goes with --cni cilium/,
  ],
  ["a bad lab name", ["lab", "status", "--name", "../x"], 4, /name/],
])("%s: exit 4 and one sentence", async (_what, args, code, sentence) => {
  const ran = await packetwalk(args, { env });
  expect(ran.stderr).toMatch(sentence);
  expect(ran.code).toBe(code);
  expect(ran.stdout).toBe("");
  expect(ran.stderr).not.toMatch(/\n\s+at /);
});

test("a malformed kubeconfig: exit 4, with the file and the line", async () => {
  const file = join(folder, "broken.yaml");
  const ran = await packetwalk(["compare", "connection-flood", "--kubeconfig", file, ...out()], { env });
  expect(ran.stderr).toMatch(new RegExp(`kubeconfig ${file}, line \\d+: `));
  expect(ran.code).toBe(4);
});

test("an API server that is not there: exit 5, with its address", async () => {
  const file = join(folder, "unreachable.yaml");
  const ran = await packetwalk(["compare", "connection-flood", "--kubeconfig", file, ...out()], { env });
  expect(ran.stderr).toMatch(
    /the Kubernetes API at https:\/\/127\.0\.0\.1:1 \(context "nowhere"\) does not serve us: .*ECONNREFUSED/,
  );
  expect(ran.code).toBe(5);
});

test("a folder for the results that can't be made: exit 5 before any work", async () => {
  writeFileSync(join(folder, "file"), "");
  const ran = await packetwalk(["compare", "connection-flood", "--out", join(folder, "file", "x")], { env });
  expect(ran.stderr).toMatch(/--out .* can't be made/);
  expect(ran.code).toBe(5);
});

test("nothing to restore: said so, exit 0", async () => {
  const ran = await packetwalk(["restore"], { env });
  expect(ran).toMatchObject({ code: 0, stdout: "Nothing to restore.\n" });
});

test("help and version are not errors", async () => {
  expect((await packetwalk(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await packetwalk(["compare", "--help"])).code).toBe(0);
});
