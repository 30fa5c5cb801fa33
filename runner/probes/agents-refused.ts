import { EnvironmentError } from "../errors.ts";

export class AgentsRefused extends EnvironmentError {
  override name = "AgentsRefused";
  readonly says: string;

  /** @param says who said no, and why */
  constructor(says: string) {
    super(`the cluster refuses packetwalk's privileged agents, without which no kernel counter can be read: ${says}`);
    this.says = says;
  }
}
