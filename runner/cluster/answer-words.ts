import { STATUS_CODES } from "node:http";
import { ApiException } from "@kubernetes/client-node";
import { oneLine } from "../errors.ts";
import { withoutSecrets } from "../secrets.ts";

/** Longest text of an answer that is not the API's own: proxies and gateways answer with anything. */
const LONGEST_FOREIGN = 500;

/** What an API, or whatever stands before it, answered. */
export interface BadAnswer {
  readonly status: number;
  readonly contentType?: string | undefined;
  /** Of a redirection. */
  readonly location?: string | undefined;
  readonly body: string;
}

/** An answer that is not a good one, in the server's own words: this is the message, wherever it ends. */
export class ApiAnswer extends ApiException<unknown> {
  constructor(answer: BadAnswer, headers: Record<string, string>) {
    super(answer.status, "", statusOf(answer.body) ?? answer.body, headers);
    this.message = answerWords(answer);
  }
}

/** `HTTP 403 pods is forbidden: …`: the API's message in full, a web page's title, or what little else there is. */
export function answerWords({ status, contentType = "", location, body }: BadAnswer): string {
  const named = `HTTP ${status} ${STATUS_CODES[status] ?? ""}`.trim();
  if (location !== undefined) {
    return withoutSecrets(`${named}: it sends us on to ${location.split("?")[0]}; is that a login page?`);
  }
  const message = statusOf(body)?.message;
  if (message) return withoutSecrets(`HTTP ${status} ${oneLine(message)}`);
  if (isWebPage(contentType, body)) return `${named} (a web page${titleOf(body)})`;
  const text = withoutSecrets(oneLine(body)).slice(0, LONGEST_FOREIGN);
  return text === "" || text === STATUS_CODES[status] || text === "{}" ? named : `${named}: ${text}`;
}

/** Whether this is a page for people. */
export function isWebPage(contentType: string, body: string): boolean {
  return contentType.includes("text/html") || /^\s*<(!doctype|html)/i.test(body);
}

/** ` titled "Sign in"`, or nothing. */
export function titleOf(page: string): string {
  const title = oneLine(/<title[^>]*>([^<]*)</i.exec(page)?.[1] ?? "").slice(0, LONGEST_FOREIGN);
  return title === "" ? "" : ` titled "${title}"`;
}

/** The API's own kind of error. */
function statusOf(body: string): { readonly message?: string } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && "message" in value && typeof value.message === "string"
      ? { ...value, message: value.message }
      : undefined;
  } catch {
    return undefined;
  }
}
