/** A rehearsal's plan as it was read, checked and with its defaults filled in. Times in seconds, rates per second. */
import type { Slo } from "../../result/rehearsal.ts";
import type { ServiceName } from "./names.ts";

export interface Plan {
  readonly name: string;
  readonly targets: readonly [PlannedTarget, ...PlannedTarget[]];
  readonly traffic: Traffic;
  readonly events: readonly PlannedEvent[];
  readonly slos: readonly [Slo, ...Slo[]];
  readonly search: Search;
  readonly limits: Limits;
  /** Multiple of the expected peak that has to be held for a go. */
  readonly wantedHeadroom: number;
  readonly load: {
    readonly workers: number;
    readonly nodes: "one" | "all";
    /** Whether they stand for the pods that will connect on the day: then their ports are the path's. */
    readonly asClients: boolean;
    readonly timeoutMs: number;
  };
  readonly seed: number;
}

interface CommonTarget {
  readonly name: string;
  /** Relative to the other targets'. */
  readonly weight: number;
}

/** A value that is read when the load is made; never printed. */
export interface SecretKey {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
}

/** What a request is, and what answers count as good. */
export interface PlannedRequest {
  readonly method: string;
  readonly path: string;
  /** Not those of a Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers whose values are read from a Secret's key when the load is made; never printed. */
  readonly secretHeaders: ReadonlyArray<SecretKey & { readonly header: string }>;
  readonly body: string | null;
  /** Statuses that are good, e.g. [200, 201]; empty: what the engine takes as good (below 400). */
  readonly expect: readonly number[];
}

export type PlannedTarget =
  /** A workload of packetwalk's own, deployed for the rehearsal. */
  | (CommonTarget & { readonly kind: "reference"; readonly replicas: number; readonly request: PlannedRequest })
  | (CommonTarget & {
      readonly kind: "service";
      readonly owned: true;
      readonly namespace: string;
      readonly service: string;
      /** By number or name; null: its only one. */
      readonly port: number | string | null;
      readonly request: PlannedRequest;
    })
  | (CommonTarget & {
      readonly kind: "ingress" | "gateway";
      readonly owned: true;
      readonly host: string;
      /** In which it is looked for; null: in all. */
      readonly namespace: string | null;
      /** Of its controller, to whose cluster address is sent; null: to the address in its status. */
      readonly through: ServiceName | null;
      readonly tls: boolean;
      readonly request: PlannedRequest;
    })
  /** A k6 script of the user's, unchanged: the plan's rates are iterations of one of its functions. */
  | (CommonTarget & {
      readonly kind: "k6";
      readonly owned: true;
      /** As the plan writes it. */
      readonly file: string;
      /** The function that an iteration runs, in place of the script's own load; null: its default one. */
      readonly exec: string | null;
      /** Its source; with all that it imports, where the plan was read whole. */
      readonly script: string;
      /** NAME:PORT of all that it may talk to. */
      readonly hosts: readonly [string, ...string[]];
      /** Not those of a Secret. */
      readonly env: Readonly<Record<string, string>>;
      readonly secretEnv: ReadonlyArray<SecretKey & { readonly variable: string }>;
    })
  /** Names that are looked up by the cluster's DNS, which is the user's, instead of requests. */
  | (CommonTarget & { readonly kind: "names"; readonly owned: true; readonly names: readonly [string, ...string[]] });

export interface Traffic {
  /** Rate of all targets together over the rehearsed day, after scale and speed; joined without gaps. */
  readonly day: ReadonlyArray<{
    readonly durationS: number;
    readonly fromPerSecond: number;
    readonly toPerSecond: number;
  }>;
  readonly expectedPeakPerSecond: number;
  /** Share of requests on a new connection, 0–1. */
  readonly newConnections: number;
  readonly arrivals: "constant" | "poisson";
  /** What was done to what the file says, for the sheet: sentences. */
  readonly notes: readonly string[];
}

interface CommonEvent {
  readonly name: string;
  readonly atS: number;
}

export type PlannedEvent =
  | (CommonEvent & { readonly kind: "rollout"; readonly namespace: string; readonly deployment: string })
  | (CommonEvent & { readonly kind: "drain"; readonly node: string; readonly forS: number })
  | (CommonEvent & { readonly kind: "zone-gone"; readonly zone: string; readonly forS: number })
  | (CommonEvent & { readonly kind: "dns-pod-lost" })
  | (CommonEvent & {
      readonly kind: "lookup-storm";
      readonly perSecond: number;
      readonly forS: number;
      readonly names: readonly [string, ...string[]];
    });

export interface Search {
  readonly run: boolean;
  /** First steps, as multiples of the expected peak, rising. */
  readonly factors: readonly number[];
  /** Bisection ends when the two rates are within this share of each other. */
  readonly precision: number;
  /** Length of a stage; null: the model says how long each has to be. */
  readonly stageS: number | null;
  readonly longestStageS: number;
  readonly mostMinutes: number;
}

export interface Limits {
  readonly mostPerSecond: number;
  readonly mostMinutes: number;
  readonly mostInFlight: number;
  /** Of all stages together. */
  readonly mostFailedRequests: number;
  /** Of the search. */
  readonly mostBrokenStages: number;
}
