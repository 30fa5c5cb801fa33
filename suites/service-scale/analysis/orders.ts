/** By which order something grows: constant, with the logarithm, or linearly. Pure; the blocks are the units. */
import { seededUniform } from "../../../runner/analysis/random.ts";
import { mean, sorted, sum } from "../../../runner/analysis/samples.ts";
import { ORDERS, type Order } from "../result/orders.ts";

export interface Point {
  /** How many there were, from 0 up. */
  readonly at: number;
  readonly value: number;
}

/** value = base + slope × shape(at) */
export interface Fit {
  readonly order: Order;
  readonly base: number;
  readonly slope: number;
  readonly aicc: number;
}

export interface Growing {
  /** Null: too few points or sizes to tell orders apart. */
  readonly preferred: Fit | null;
  /** Of resampled runs that prefer the same order, 0–1. */
  readonly share: number | null;
  /** Of the straight line, whichever order is preferred, with its 95 % interval. */
  readonly perThing: { readonly slope: number; readonly low: number; readonly high: number } | null;
}

/** With fewer sizes a logarithm and a line are the same curve; with fewer points AICc has no value (n − k − 1 > 0). */
const LEAST_SIZES = 3;
const LEAST_POINTS = 5;
/** An order with one parameter more has to be so much better: below 2, AICc tells nothing apart (Burnham and Anderson 2002, 2.6). */
const CLEARLY = 2;
const RESAMPLES = 1_000;

/** @param seed decides the resampling */
export function growing(points: readonly Point[], seed = 1, resamples = RESAMPLES): Growing {
  const sizes = new Set(points.map(({ at }) => at)).size;
  if (points.length < LEAST_POINTS || sizes < LEAST_SIZES) return { preferred: null, share: null, perThing: null };
  const designs = ORDERS.map((order) => designOf(order, points));
  const line = designOf("linear", points);
  const ys = points.map(({ value }) => value);
  const preferred = preferredOf(designs, ys);
  const straight = fitOf(line, ys);
  const uniform = seededUniform(seed);
  const again = <T>(fit: Fit, of: (values: readonly number[]) => T) => {
    const draw = drawing(points, fit, uniform);
    return Array.from({ length: resamples }, () => of(draw()));
  };
  const slopes = sorted(again(straight, (values) => fitOf(line, values).slope));
  const same = again(preferred, (values) => preferredOf(designs, values).order === preferred.order);
  return {
    preferred,
    share: same.filter(Boolean).length / resamples,
    perThing: { slope: straight.slope, low: quantile(slopes, 0.025), high: quantile(slopes, 0.975) },
  };
}

/** What a fit says of a number of them. */
export function valueAt({ order, base, slope }: Pick<Fit, "order" | "base" | "slope">, at: number): number {
  return base + slope * SHAPES[order](at);
}

const SHAPES: Readonly<Record<Order, (at: number) => number>> = {
  constant: () => 0,
  logarithmic: (at) => Math.log(1 + at),
  linear: (at) => at,
};

/** What of a fit hangs on the sizes alone. */
interface Design {
  readonly order: Order;
  readonly middle: number;
  /** Each size's shape, from the middle. */
  readonly centred: readonly number[];
  readonly spread: number;
}

function designOf(order: Order, points: readonly Point[]): Design {
  const xs = points.map(({ at }) => SHAPES[order](at));
  const middle = mean(xs);
  const centred = xs.map((x) => x - middle);
  return { order, middle, centred, spread: sum(centred.map((x) => x * x)) };
}

/** The smallest order that no larger one is clearly better than. What falls as they grow more is no growth. */
function preferredOf(designs: readonly Design[], ys: readonly number[]): Fit {
  const [constant, ...others] = designs.map((design) => fitOf(design, ys));
  if (!constant) throw new Error("there are no orders");
  const rising = others.filter(({ slope }) => slope > 0);
  const best = rising.reduce<Fit>((best, each) => (each.aicc < best.aicc ? each : best), constant);
  return best.aicc < constant.aicc - CLEARLY ? best : constant;
}

function fitOf({ order, middle, centred, spread }: Design, ys: readonly number[]): Fit {
  const height = mean(ys);
  let product = 0;
  let squares = 0;
  for (const [index, y] of ys.entries()) {
    product += (centred[index] ?? 0) * (y - height);
    squares += (y - height) ** 2;
  }
  const slope = spread === 0 ? 0 : product / spread;
  const rss = Math.max(0, squares - slope * product);
  // Base, slope where there is one, and the variance.
  const criterion = aicc(rss, ys.length, order === "constant" ? 2 : 3, Math.abs(height));
  return { order, base: height - slope * middle, slope, aicc: criterion };
}

/** Akaike's criterion for few points. A curve that goes through all of them is held for one that is off by a millionth. */
function aicc(rss: number, n: number, k: number, scale: number): number {
  const least = n * (1e-6 * (scale || 1)) ** 2;
  return n * Math.log(Math.max(rss, least) / n) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
}

/** Each block's value as the fit has it, with the deviation of some block, drawn anew: blocks are what is independent. */
function drawing(points: readonly Point[], fit: Fit, uniform: () => number): () => number[] {
  const parameters = fit.order === "constant" ? 1 : 2;
  // Residuals of a fit are smaller than the noise that it was drawn through.
  const widened = Math.sqrt(points.length / (points.length - parameters));
  const fitted = points.map(({ at }) => valueAt(fit, at));
  const deviations = points.map(({ value }, index) => widened * (value - (fitted[index] ?? 0)));
  return () => fitted.map((value) => value + (deviations[Math.floor(uniform() * deviations.length)] ?? 0));
}

function quantile(ascending: readonly number[], share: number): number {
  const at = share * (ascending.length - 1);
  const [below, above] = [ascending[Math.floor(at)] ?? Number.NaN, ascending[Math.ceil(at)] ?? Number.NaN];
  return below + (at - Math.floor(at)) * (above - below);
}
