/** Durations, shares and numbers as a plan writes them; each says what is wrong with anything else. */
import { z } from "zod";

const UNIT_S: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
const DURATION = /^\d+(\.\d+)?(ms|s|m|h)( ?\d+(\.\d+)?(ms|s|m|h))*$/;
const NO_DURATION = "is not a duration; write it with its unit, such as 90s, 5m or 1h30m";

/** Read as seconds. */
export function duration(what: string) {
  return z.string({ error: NO_DURATION }).regex(DURATION, { error: NO_DURATION }).transform(secondsOf).describe(what);
}

/** Read as seconds; nothing lasts no time at all. */
export function length(what: string) {
  return duration(what).refine((seconds) => seconds > 0, { error: "is no time at all; write how long, such as 90s" });
}

/** Read as seconds, and whole ones: what is seen is seen once a second. */
export function wholeSeconds(what: string) {
  return length(what).refine(Number.isInteger, { error: "is not a whole number of seconds; write such as 10s" });
}

function secondsOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNIT_S[unit ?? ""] ?? 0), 0);
}

/** As a plan would write it. */
export function durationWords(seconds: number): string {
  const rounded = Math.round(seconds * 10) / 10;
  const hours = Math.floor(rounded / 3600);
  const minutes = Math.floor((rounded % 3600) / 60);
  const rest = rounded - hours * 3600 - minutes * 60;
  const words = `${hours > 0 ? `${hours}h` : ""}${minutes > 0 ? `${minutes}m` : ""}${rest > 0 ? `${plain(rest)}s` : ""}`;
  return words === "" ? "0s" : words;
}

/** A number for a sentence, without what floating point adds. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

const PERCENT = /^\d+(\.\d+)? ?%$/;

/** Read as 0–1. */
export function share(what: string) {
  const error = { error: "is not a share; write it as 0.1 % or as 0.001" };
  return z
    .union([z.number().min(0, error).max(1, error), z.string().regex(PERCENT, error)], error)
    .transform((given) =>
      typeof given === "number" ? given : Number((Number(given.replace("%", "")) / 100).toPrecision(12)),
    )
    .refine((value) => value <= 1, { error: "is more than all; write at most 100 %" })
    .describe(what);
}

/** @param otherwise what is wrong with anything else */
export function number(what: string, least: number, most: number, otherwise: string) {
  const error = { error: otherwise };
  return z.number(error).min(least, error).max(most, error).describe(what);
}

export function wholeNumber(what: string, least: number, most: number) {
  const error = { error: `is not a whole number from ${least} to ${most}; write one` };
  return z.int(error).min(least, error).max(most, error).describe(what);
}

export function text(what: string) {
  const error = { error: "is not text; write it in quotes" };
  return z.string(error).min(1, { error: "is empty; write it, or take the field out" }).describe(what);
}

/** That others call a thing by: on pages, in request ids, in names of files. */
export function word(what: string) {
  const error = { error: "is not a name that is taken here; write letters, digits, dots and hyphens, at most 60" };
  return z
    .string(error)
    .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,58}[A-Za-z0-9])?$/, error)
    .describe(what);
}

export function yesOrNo(what: string) {
  return z.boolean({ error: "is neither true nor false" }).describe(what);
}
