import { simulate } from "/work/wt-judge/bench/verdict/runs.ts";
import { ALIKE, failing, slower } from "/work/wt-judge/bench/verdict/weather.ts";

const N = Number(process.argv[2] ?? 200),
  R = Number(process.argv[3] ?? 10);
let total = 0;
for (const [name, w] of Object.entries(ALIKE)) {
  const t = Date.now();
  const c: Record<string, number> = {};
  let rounds = 0;
  for (let s = 1; s <= N; s++) {
    const r = simulate(w, R, s);
    c[r.judgement.verdict] = (c[r.judgement.verdict] ?? 0) + 1;
    rounds += r.rounds;
  }
  const fp = ((c.improved ?? 0) + (c.regressed ?? 0)) / N;
  total += fp;
  console.log(
    name.padEnd(45),
    (100 * fp).toFixed(1).padStart(5),
    JSON.stringify(c),
    (rounds / N).toFixed(1),
    Date.now() - t,
    "ms",
  );
}
console.log("mean FP", (100 * total) / Object.keys(ALIKE).length);
for (const [name, w] of [
  ["+10% 3%", slower(1.1, 0.03)],
  ["-10% 3%", slower(0.9, 0.03)],
  ["+10% 6%", slower(1.1, 0.06)],
  ["+25% 12%", slower(1.25, 0.12)],
  ["0.1->1% k2", failing(6, 60, 2)],
  ["1->.1% k2", failing(60, 6, 2)],
] as const)
  for (const RR of [5, 6, 7, 8, 10]) {
    const c: Record<string, number> = {};
    let rounds = 0;
    for (let s = 1; s <= N; s++) {
      const r = simulate(w, RR, s);
      c[r.judgement.verdict] = (c[r.judgement.verdict] ?? 0) + 1;
      rounds += r.rounds;
    }
    console.log(name, RR, JSON.stringify(c), (rounds / N).toFixed(1));
  }
