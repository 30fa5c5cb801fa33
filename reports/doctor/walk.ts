/** What is known of each hop: a hop at which nothing was found is not one at which nobody could look. */
import {
  type DiagnosedFinding,
  type Diagnosis,
  type Hop,
  type HopSeen,
  SEVERITIES,
  type Severity,
} from "../../runner/result/diagnosis.ts";
import { plural } from "../view/format.ts";
import { outcomesOf, severityWords } from "./words.ts";

export type HopState =
  | {
      readonly kind: "found";
      readonly worst: Severity;
      readonly findings: readonly DiagnosedFinding[];
      readonly blind: number;
    }
  /** All that were asked looked, and found nothing. */
  | { readonly kind: "quiet"; readonly quiet: number }
  /** Nothing was found in what could be seen, which was not all. */
  | { readonly kind: "partly"; readonly quiet: number; readonly blind: number }
  /** None could look, none was asked to, or there is none. */
  | { readonly kind: "unseen"; readonly blind: number; readonly unasked: number };

export interface Stop {
  readonly hop: Hop;
  readonly state: HopState;
}

/** Along the packet's walk. */
export function stopsOf({ walk, findings }: Diagnosis): Stop[] {
  return walk.map((seen) => ({ hop: seen.hop, state: stateOf(seen, findings) }));
}

function stateOf(seen: HopSeen, all: readonly DiagnosedFinding[]): HopState {
  const { nothing, partly, unseen, unasked } = outcomesOf([seen]);
  const findings = all.filter(({ hop }) => hop === seen.hop);
  const blind = partly + unseen;
  const worst = [...SEVERITIES].reverse().find((severity) => findings.some((each) => each.severity === severity));
  if (worst !== undefined) return { kind: "found", worst, findings, blind };
  if (nothing + partly === 0) return { kind: "unseen", blind, unasked };
  return blind === 0 ? { kind: "quiet", quiet: nothing } : { kind: "partly", quiet: nothing, blind };
}

export function stateWords(state: HopState): string {
  switch (state.kind) {
    case "found":
      return `${severityWords(state.findings)}${state.blind === 0 ? "" : `; ${checksBlind(state.blind)}`}`;
    case "quiet":
      return `quiet: ${plural(state.quiet, "check")} found nothing`;
    case "partly":
      return `${state.quiet === 0 ? "nothing found" : `${plural(state.quiet, "check")} found nothing`}; ${checksBlind(state.blind)}`;
    case "unseen":
      if (state.blind > 0) return `not seen: ${checksBlind(state.blind)}`;
      return `not seen: ${state.unasked === 0 ? "no check looks here" : "it takes --on-nodes"}`;
  }
}

/** Short, since it stands in a drawing. */
function checksBlind(number: number): string {
  return `${plural(number, "check")} could not see all`;
}

export function quietHops(seen: Diagnosis): Hop[] {
  return stopsOf(seen).flatMap(({ hop, state }) => (state.kind === "quiet" ? [hop] : []));
}
