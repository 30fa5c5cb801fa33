/** What is known of each hop: a hop at which nothing was found is not one at which nobody could look. */
import {
  type DiagnosedFinding,
  type Diagnosis,
  type Hop,
  SEVERITIES,
  type Severity,
} from "../../runner/result/diagnosis.ts";
import { plural } from "../view/format.ts";
import { severityWords } from "./words.ts";

export type HopState =
  | {
      readonly kind: "found";
      readonly worst: Severity;
      readonly findings: readonly DiagnosedFinding[];
      readonly unseen: number;
    }
  /** All checks looked, and found nothing. */
  | { readonly kind: "quiet"; readonly checks: number }
  /** Those that could look found nothing. */
  | { readonly kind: "partly"; readonly checks: number; readonly unseen: number }
  /** None could look, or there is none. */
  | { readonly kind: "unseen"; readonly unseen: number };

export interface Stop {
  readonly hop: Hop;
  readonly state: HopState;
}

/** Along the packet's walk. */
export function stopsOf({ walk, findings }: Diagnosis): Stop[] {
  return walk.map(({ hop, checks }) => {
    const own = findings.filter((finding) => finding.hop === hop);
    const unseen = checks.filter(({ outcome }) => outcome === "unseen").length;
    return { hop, state: stateOf(own, checks.length - unseen, unseen) };
  });
}

function stateOf(findings: readonly DiagnosedFinding[], looked: number, unseen: number): HopState {
  const worst = [...SEVERITIES].reverse().find((severity) => findings.some((each) => each.severity === severity));
  if (worst !== undefined) return { kind: "found", worst, findings, unseen };
  if (looked === 0) return { kind: "unseen", unseen };
  return unseen === 0 ? { kind: "quiet", checks: looked } : { kind: "partly", checks: looked, unseen };
}

export function stateWords(state: HopState): string {
  const blind = (number: number) => `${plural(number, "check")} could not see`;
  switch (state.kind) {
    case "found":
      return `${severityWords(state.findings)}${state.unseen === 0 ? "" : `; ${blind(state.unseen)}`}`;
    case "quiet":
      return `quiet: ${plural(state.checks, "check")} found nothing`;
    case "partly":
      return `${plural(state.checks, "check")} found nothing; ${blind(state.unseen)}`;
    case "unseen":
      return state.unseen === 0 ? "not seen: no check looks here" : `not seen: ${blind(state.unseen)}`;
  }
}

export function quietHops(seen: Diagnosis): Hop[] {
  return stopsOf(seen).flatMap(({ hop, state }) => (state.kind === "quiet" ? [hop] : []));
}
