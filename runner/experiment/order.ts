import { seededUniform } from "../analysis/random.ts";
import type { Role } from "../result/result.ts";

export interface PlannedBlock {
  /** 0 is the A/A pair: two blocks of the baseline. */
  readonly round: number;
  readonly role: Role;
}

/**
 * The A/A pair, then alternating rounds (A B, B A, A B, …): a drift over the run hits both arms alike. The seed
 * decides which arm leads.
 */
export function blockOrder(rounds: number, seed: number): PlannedBlock[] {
  const leads: [Role, Role] = seededUniform(seed)() < 0.5 ? ["baseline", "tuned"] : ["tuned", "baseline"];
  const order: PlannedBlock[] = [
    { round: 0, role: "baseline" },
    { round: 0, role: "baseline" },
  ];
  for (let round = 1; round <= rounds; round++) {
    const [first, second] = round % 2 === 1 ? leads : [leads[1], leads[0]];
    order.push({ round, role: first }, { round, role: second });
  }
  return order;
}
