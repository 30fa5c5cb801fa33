/** A container of a pod. */
export interface PodRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}
