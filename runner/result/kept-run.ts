/**
 * blocks.json as a run that goes on from it needs it: beside what is judged, all that decides what further blocks would measure,
 * and what of each block only the run itself knows.
 */
import { z } from "zod";
import { UnreadableResult } from "./read.ts";
import {
  type Evidence,
  type EvidenceSchema,
  SCHEMA_VERSION,
  type UnfinishedResult,
  unfinishedSchema,
} from "./result.ts";

const Write = z.object({ tuning: z.string(), node: z.string(), error: z.string().nullable() });

const ReadBack = z.object({
  tuning: z.string(),
  place: z.string(),
  where: z.string(),
  among: z.string().exactOptional(),
  field: z.string().exactOptional(),
  wanted: z.string(),
  got: z.string().nullable(),
});

/** Of each of an arm's blocks, in their order: from these it is told whether its tunings arrived. */
const Settings = z.array(z.object({ writes: z.array(Write), readBacks: z.array(ReadBack) }));

const Resumable = z.object({
  keptAt: z.iso.datetime(),
  settings: z.tuple([Settings, Settings]),
});

/** What the run itself keeps; the folder that it is kept in adds what that has to know. */
export type SoFar<E extends Evidence = Evidence> = UnfinishedResult<E> & {
  readonly asked: Readonly<Record<string, string>>;
  readonly resumable: z.infer<typeof Resumable>;
};

export type KeptRun<E extends Evidence = Evidence> = SoFar<E> & {
  /** Of the timelines' file, those of the blocks that are kept. */
  readonly timelinesBytes: number;
};

/** By which a run is known again, whether it has finished or not. */
const Head = z.object({
  schemaVersion: z.number().int(),
  packetwalk: z.string(),
  suite: z.string(),
  asked: z.record(z.string(), z.string()),
});
export type RunHead = z.infer<typeof Head>;

/** @throws UnreadableResult if it does not say what was asked */
export function headOf(document: unknown): RunHead {
  const read = Head.safeParse(document);
  if (read.success) return read.data;
  throw new UnreadableResult(`no run can be resumed from this: ${issue(read.error)}`);
}

/** @throws UnreadableResult naming the field that is wrong */
export function parseKeptRun(document: unknown, suite: string, evidence: EvidenceSchema): KeptRun {
  const { schemaVersion } = headOf(document);
  if (schemaVersion !== SCHEMA_VERSION)
    throw new UnreadableResult(
      `this has schemaVersion ${schemaVersion}, and this packetwalk resumes runs of version ${SCHEMA_VERSION} only`,
    );
  const schema = unfinishedSchema(suite, evidence).extend({
    asked: Head.shape.asked,
    resumable: Resumable,
    timelinesBytes: z.number().int().nonnegative(),
  });
  const read = schema.safeParse(document);
  if (read.success) return read.data as KeptRun;
  throw new UnreadableResult(`this is damaged: ${issue(read.error)}`);
}

function issue({ issues: [first] }: z.ZodError): string {
  const path = first?.path.join(".");
  return path ? `${path}: ${first?.message}` : (first?.message ?? "");
}
