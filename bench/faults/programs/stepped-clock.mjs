// @ts-check
/** Loaded before a program (node --import): from some time after its start its clock is off by so much. Timers are not. */
const [afterMs, stepMs] = ["BENCH_CLOCK_AFTER_MS", "BENCH_CLOCK_STEP_MS"].map((name) => Number(process.env[name] ?? 0));
const fromMs = performance.now() + (afterMs ?? 0);
const Real = Date;

function now() {
  return Real.now() + (performance.now() < fromMs ? 0 : (stepMs ?? 0));
}

globalThis.Date = new Proxy(Real, {
  apply: () => new Real(now()).toString(),
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
