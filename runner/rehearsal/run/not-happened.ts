/** Which bad things did not happen to the targets, though some were planned: they were not tested. Pure. */
import type { RehearsedEvent } from "../../result/rehearsal.ts";
import type { PlannedEvent } from "../plan/plan.ts";
import { sentenceList } from "./words.ts";

interface BadThing {
  readonly what: string;
  readonly kinds: readonly PlannedEvent["kind"][];
  /** Whether what an event came to was it. */
  isIt(event: RehearsedEvent): boolean;
}

const BAD_THINGS: readonly BadThing[] = [
  { what: "a rollout", kinds: ["rollout"], isIt: ({ did }) => did?.kind === "rolled-out" && meetsTargets(did) },
  {
    what: "the loss of a node",
    kinds: ["drain", "zone-gone"],
    isIt: ({ did }) => did?.kind === "evicted" && meetsTargets(did),
  },
  {
    what: "trouble with the cluster's DNS",
    kinds: ["dns-pod-lost", "lookup-storm"],
    isIt: ({ did }) => did?.kind === "pod-deleted" || (did?.kind === "looked-up" && did.ended > 0),
  },
];

/** Sentences. */
export function notHappened(
  planned: readonly Pick<PlannedEvent, "kind" | "name">[],
  happened: readonly RehearsedEvent[],
): string[] {
  const missing = BAD_THINGS.filter(({ kinds, isIt }) => !happened.some((each) => isOf(kinds, each) && isIt(each)));
  const unplanned = missing.filter(({ kinds }) => !planned.some((each) => isOf(kinds, each)));
  return [
    ...(unplanned.length === 0 ? [] : [`${sentenceList(unplanned.map(({ what }) => what))} under this load.`]),
    ...missing.flatMap(({ what, kinds }) => {
      const reasons = planned
        .filter((each) => isOf(kinds, each))
        .map(({ name }) => `"${name}" ${whyNot(happened.find((each) => each.name === name))}`);
      return reasons.length === 0 ? [] : [`${sentenceList([what])} under this load: ${reasons.join(", ")}.`];
    }),
  ];
}

function isOf(kinds: BadThing["kinds"], { kind }: { readonly kind: string }): boolean {
  return kinds.some((each) => each === kind);
}

function meetsTargets({ ofTargets }: { readonly ofTargets: number | null }): boolean {
  return ofTargets !== null && ofTargets > 0;
}

function whyNot(event: RehearsedEvent | undefined): string {
  if (!event || event.startedAfterS === null) return "did not begin";
  const { did } = event;
  switch (did?.kind) {
    case "evicted":
      return did.ofTargets === null
        ? `evicted ${did.pods} pods, and which pods are the targets' is not known`
        : `moved no pod of the targets (it evicted ${did.pods} others)`;
    case "rolled-out":
      return did.ofTargets === null
        ? "rolled pods of which it is not known whether they are the targets'"
        : "made no pod of the targets anew";
    case "looked-up":
      return "looked nothing up";
    default:
      return "came to nothing";
  }
}
