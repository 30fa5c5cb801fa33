/** Of a rule that dependency-cruiser has no words for. */
export interface Violation {
  readonly rule: string;
  readonly sentence: string;
}
