/** What goes beyond one field, and beyond one entry of a list. */
import { lengthS } from "./day.ts";
import type { Fault } from "./fault.ts";
import type { Plan } from "./plan.ts";
import { mostDuring } from "./together.ts";
import { durationWords, plain } from "./units.ts";

/** @throws UsageError with file, line and field */
export function assertSound(plan: Plan, fault: Fault): void {
  assertNames("targets", plan.targets, fault);
  assertNames("during", plan.events, fault);
  assertNames("slos", plan.slos, fault);
  assertWindows(plan, fault);
  assertStorms(plan, fault);
}

/** By its name each is told from the others, whatever the case. */
function assertNames(list: string, all: ReadonlyArray<{ readonly name: string }>, fault: Fault): void {
  all.forEach(({ name }, index) => {
    const before = all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase());
    if (before < index)
      throw fault(
        [list, index, "name"],
        `"${name}" is what ${list}.${before} is called, too; give each a name of its own`,
      );
  });
}

/** In less than a window nothing can be judged. */
function assertWindows({ slos, traffic, search }: Plan, fault: Fault): void {
  const dayS = lengthS(traffic.day);
  const stageS = search.stageS ?? search.longestStageS;
  slos.forEach(({ windowS }, index) => {
    const at = ["slos", index, "window"];
    if (windowS > dayS)
      throw fault(at, `is ${durationWords(windowS)}, and the whole day lasts ${durationWords(dayS)}; make it shorter`);
    if (search.run && windowS > stageS)
      throw fault(
        at,
        `is ${durationWords(windowS)}, and a stage of the search ${durationWords(stageS)}; make it shorter`,
      );
  });
}

/** Look-ups are load as well, and stand beside the day's. */
function assertStorms(plan: Plan, fault: Fault): void {
  const { mostPerSecond } = plan.limits;
  plan.events.forEach((event, index) => {
    if (event.kind !== "lookup-storm") return;
    const at = ["during", index, "lookup-storm", "perSecond"];
    const { loadPerSecond: ofDay, lookupsPerSecond } = mostDuring(event, plan);
    // What a script makes of its iterations is capped for the whole day, at what the storms leave.
    const loadPerSecond = plan.targets.some(({ kind }) => kind === "k6") ? plan.traffic.expectedPeakPerSecond : ofDay;
    const over = `over limits.mostPerSecond (${mostPerSecond}); raise that, or ask for less`;
    if (event.perSecond > mostPerSecond) throw fault(at, `is ${plain(event.perSecond)}, ${over}`);
    const together = loadPerSecond + lookupsPerSecond;
    if (together <= mostPerSecond) return;
    const others = lookupsPerSecond - event.perSecond;
    const beside = [`the load (${plain(loadPerSecond)})`, ...(others > 0 ? [`other storms (${plain(others)})`] : [])];
    throw fault(
      at,
      `is ${plain(event.perSecond)}, which with ${beside.join(" and ")} within it or the minute after makes ${plain(together)} a second, ${over}`,
    );
  });
}
