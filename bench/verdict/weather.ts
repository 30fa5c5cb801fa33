/** Made-up runs: what each block of a run of two arms would have measured, under noise of many kinds. */
import type { Role } from "../../runner/result/result.ts";
import type { Noise } from "./random.ts";

/** What one block measured. */
export interface Drawn {
  readonly p99Ms: number;
  readonly failures: number;
  /** Connections that came about and were reset: no packet was lost for it. */
  readonly resets: number;
  readonly drops: number;
  /** Spoilt for timing. */
  readonly late: boolean;
}

/** Draws a run's blocks one after the other; a new one for each run. */
export type Weather = (noise: Noise) => (arm: Role, index: number, of: number) => Drawn;

const BASE_P99_MS = 400;
export const SCHEDULED = 6_000;
/** A block of the flood and what lies between two. */
const BLOCK_SECONDS = 8;

interface Kind {
  readonly p99Ms?: number;
  readonly failures?: number;
  readonly resets?: number;
  readonly late?: boolean;
}

function weather(draw: (noise: Noise) => (arm: Role, index: number, of: number) => Kind): Weather {
  return (noise) => {
    const next = draw(noise);
    return (arm, index, of) => {
      const {
        p99Ms = BASE_P99_MS * Math.exp(0.03 * noise.normal()),
        failures = 0,
        resets = 0,
        late = false,
      } = next(arm, index, of);
      // A connection that timed out lost three SYNs, and a few that came through lost one.
      return { p99Ms, failures, resets, drops: 3 * failures + noise.poisson(failures / 4), late };
    };
  };
}

const noisy = (sigma: number) => weather((noise) => () => ({ p99Ms: BASE_P99_MS * Math.exp(sigma * noise.normal()) }));

/** Both arms alike, whatever comes. */
export const ALIKE: Readonly<Record<string, Weather>> = {
  "i.i.d., 3 %": noisy(0.03),
  "i.i.d., 12 %": noisy(0.12),
  "i.i.d., 50 %": noisy(0.5),
  "heavy tails (t, 3 d.f., 15 %)": weather((noise) => () => ({ p99Ms: BASE_P99_MS * Math.exp(0.15 * noise.heavy()) })),
  "AR(1), 0.7, 10 %": weather((noise) => {
    let state = noise.normal();
    return () => {
      state = 0.7 * state + Math.sqrt(1 - 0.7 ** 2) * noise.normal();
      return { p99Ms: BASE_P99_MS * Math.exp(0.1 * state) };
    };
  }),
  "drift of 50 %": weather((noise) => (_arm, index, of) => ({
    p99Ms: BASE_P99_MS * (1 + (0.5 * index) / of) * Math.exp(0.03 * noise.normal()),
  })),
  "a slow half": weather((noise) => {
    const first = noise.uniform() < 0.5;
    return (_arm, index, of) => ({
      p99Ms: BASE_P99_MS * (index < of / 2 === first ? 1.6 : 1) * Math.exp(0.03 * noise.normal()),
    });
  }),
  "one wild block": weather((noise) => {
    let wild = Math.floor(noise.uniform() * 12);
    return () => (wild-- === 0 ? { p99Ms: 10 * BASE_P99_MS, failures: 3_000 } : {});
  }),
  "rare failures": weather((noise) => () => ({ failures: noise.poisson(6) })),
  "a stray reset now and then, 1 in 60,000": weather((noise) => () => ({ resets: noise.poisson(0.1) })),
  "stray resets, 1 in 6,000": weather((noise) => () => ({ resets: noise.poisson(1) })),
  "failures in bursts (k = 0.5)": weather((noise) => () => ({ failures: noise.bursts(60, 0.5) })),
  "bursts in every third block": weather((noise) => () => ({
    failures: noise.uniform() < 1 / 3 ? noise.bursts(600, 1) : 0,
  })),
  "deep in the cliff": weather((noise) => () => ({
    failures: Math.max(0, Math.round(3_000 + 60 * noise.normal())),
    p99Ms: 3_000 + noise.uniform(),
  })),
  "ties: two states": weather((noise) => () => {
    const lost = noise.uniform() < 0.5;
    return { p99Ms: lost ? 3_000 : 1_000, failures: lost ? 200 : 40 };
  }),
  "a job every 52 s": periodic(52),
  "a job every 32 s, the period of four blocks": periodic(32),
  "slow blocks of the tuned arm are voided": weather((noise) => (arm) => {
    const luck = noise.normal();
    return { p99Ms: BASE_P99_MS * Math.exp(0.15 * luck), late: arm === "tuned" && luck > 0.3 && noise.uniform() < 0.8 };
  }),
  "every third block is voided": weather((noise) => () => ({
    p99Ms: BASE_P99_MS * Math.exp(0.06 * noise.normal()),
    late: noise.uniform() < 1 / 3,
  })),
};

/** Something that runs for 8 s and makes what runs meanwhile half as slow again. */
function periodic(everySeconds: number): Weather {
  return weather((noise) => {
    const offset = noise.uniform() * everySeconds;
    return (_arm, index) => {
      const phase = (index * BLOCK_SECONDS + offset) % everySeconds;
      return { p99Ms: BASE_P99_MS * (phase < 8 ? 1.5 : 1) * Math.exp(0.03 * noise.normal()) };
    };
  });
}

/** A real difference: p99 this much higher in the tuned arm (or lower, below 1). */
export function slower(factor: number, sigma: number): Weather {
  return weather((noise) => (arm) => ({
    p99Ms: BASE_P99_MS * (arm === "tuned" ? factor : 1) * Math.exp(sigma * noise.normal()),
  }));
}

/**
 * Both blocks of a round at the same time: most of the noise is the machine's, and hits both.
 * @param factor of the tuned arm's p99; 1: arms that do not differ
 */
export function sideBySide(factor: number, shared: number, own: number): Weather {
  return weather((noise) => {
    let round = -1;
    let luck = 0;
    return (arm, index) => {
      if (Math.floor(index / 2) !== round) {
        round = Math.floor(index / 2);
        luck = noise.normal();
      }
      const p99Ms = BASE_P99_MS * (arm === "tuned" ? factor : 1) * Math.exp(shared * luck + own * noise.normal());
      return { p99Ms };
    };
  });
}

/** A real difference: failures in bursts, by mean count of each arm. */
export function failing(baseline: number, tuned: number, k: number): Weather {
  return weather((noise) => (arm) => ({ failures: noise.bursts(arm === "tuned" ? tuned : baseline, k) }));
}

/** One arm's requests are reset now and then, and never the other's: so many in a block, in one of so many blocks. */
export function resetIn(arm: Role, resets: number, everyBlocks = 1): Weather {
  return weather(() => (role, index) => ({
    resets: role === arm && Math.floor(index / 2) % everyBlocks === 0 ? resets : 0,
  }));
}
