import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { sep } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { EnvironmentError, oneLine, reasonOf, UsageError } from "../../errors.ts";
import { keepSecret, withoutSecrets } from "../../secrets.ts";
import { badShape } from "./bad-shape.ts";
import { bearer, type Credentials, type Identity } from "./credentials.ts";
import { type ExecEntry, pathFrom } from "./entries.ts";

/** The plugin protocol, whose versions differ in nothing that is used here. */
const GROUP = "client.authentication.k8s.io";
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`];
/** What a plugin prints may be long; its end says what is wrong. */
const LONGEST_WORDS = 2_000;

const Credential = z.object({
  apiVersion: z.string(),
  kind: z.literal("ExecCredential"),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/** The cluster as a plugin is told of it, by the names that the protocol has for it. */
export type PluginCluster = Readonly<Record<string, unknown>>;

export interface PluginOptions {
  readonly entry: ExecEntry;
  /** Of the kubeconfig. */
  readonly folder: string;
  /** For messages, e.g. `user "u"`. */
  readonly owner: string;
  readonly cluster: PluginCluster;
  /** Ends a plugin that is running when it is aborted. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Credentials from a program of the user's, as kubectl runs it: its words and prompts go to the terminal, what it prints
 * is kept until it expires or is refused, and it never runs twice at a time.
 * @throws UsageError if the kubeconfig does not say how to run it
 */
export function execPlugin(options: PluginOptions): Credentials {
  const { entry, owner, folder } = options;
  const { apiVersion = "nothing", command } = entry;
  if (!VERSIONS.includes(apiVersion)) {
    throw new UsageError(
      `the exec plugin of ${owner} is of apiVersion ${apiVersion}; ${VERSIONS.join(" and ")} are spoken here: let the tool that wrote the kubeconfig write it anew`,
    );
  }
  if (command === undefined) throw new UsageError(`the exec plugin of ${owner} has no command`);
  // What is only a name is looked for in the PATH.
  const program = command.includes(sep) ? pathFrom(folder, command) : command;
  let kept: Promise<Handed> | undefined;
  return {
    async current() {
      const handed = await kept?.catch(() => undefined);
      if (handed === undefined || handed.expiresAtUnixMs <= Date.now()) {
        // While this one waited, somebody else may have begun.
        if (kept === undefined || handed !== undefined) kept = run(program, apiVersion, options);
      }
      const running = kept;
      if (running === undefined) throw new Error("no plugin was run");
      try {
        return (await running).identity;
      } catch (error) {
        if (kept === running) kept = undefined;
        throw error;
      }
    },
    refused() {
      kept = undefined;
    },
  };
}

interface Handed {
  readonly identity: Identity;
  readonly expiresAtUnixMs: number;
}

async function run(program: string, apiVersion: string, options: PluginOptions): Promise<Handed> {
  const { entry, owner } = options;
  const what = `the exec plugin ${entry.command} of ${owner}`;
  const hint = entry.installHint === undefined ? "" : `; ${oneLine(entry.installHint)}`;
  const interactive = isInteractive(entry, what);
  const info = {
    kind: "ExecCredential",
    apiVersion,
    spec: { ...(entry.provideClusterInfo ? { cluster: options.cluster } : {}), interactive },
  };
  const env = {
    ...process.env,
    ...Object.fromEntries(entry.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const ended = await ranToEnd(program, entry.args, { env, interactive, signal: options.signal });
  if (ended.kind === "not-started") {
    const why = ended.code === "ENOENT" ? "is not installed here" : `can't be run (${ended.code})`;
    throw new EnvironmentError(`${what} ${why}${hint}`);
  }
  const { printed, said, end } = ended;
  if (end !== 0) {
    const how = typeof end === "number" ? `failed with exit code ${end}` : `was ended by ${end}`;
    throw new EnvironmentError(`${what} ${how}: ${wordsOf(said) || "it said nothing"}${hint}`);
  }
  const parsed = Credential.safeParse(documentOf(printed));
  if (!parsed.success) {
    throw new EnvironmentError(`${what} printed something other than credentials: ${badShape(parsed.error)}`);
  }
  if (parsed.data.apiVersion !== apiVersion) {
    throw new EnvironmentError(
      `${what} is to speak ${apiVersion}, and answered in ${parsed.data.apiVersion}; correct one of them`,
    );
  }
  return handedOut(parsed.data.status, what);
}

function isInteractive({ interactiveMode }: ExecEntry, what: string): boolean {
  if (interactiveMode === "Never") return false;
  if (interactiveMode === "Always" && !process.stdin.isTTY) {
    throw new EnvironmentError(`${what} wants to ask something, and standard input is not a terminal; run it in one`);
  }
  return process.stdin.isTTY === true;
}

type Ended =
  | { readonly kind: "not-started"; readonly code: string }
  | {
      readonly kind: "ended";
      readonly printed: string;
      readonly said: string;
      readonly end: number | NodeJS.Signals | null;
    };

function ranToEnd(
  program: string,
  args: readonly string[],
  { env, interactive, signal }: { env: NodeJS.ProcessEnv; interactive: boolean; signal: AbortSignal | undefined },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: [interactive ? "inherit" : "ignore", "pipe", "pipe"] });
    let printed = "";
    let said = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      printed += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(-LONGEST_WORDS);
      // At once: it may be a prompt, or the address at which to log in.
      process.stderr.write(chunk);
    });
    const onAbort = () => {
      child.kill();
      reject(signal?.reason);
    };
    // Aborted before: what is still to be put back needs credentials too.
    if (!signal?.aborted) signal?.addEventListener("abort", onAbort, { once: true });
    const settle = (ended: Ended) => {
      signal?.removeEventListener("abort", onAbort);
      resolve(ended);
    };
    child.once("error", (error: NodeJS.ErrnoException) => settle({ kind: "not-started", code: error.code ?? "?" }));
    child.once("close", (code, signalName) => settle({ kind: "ended", printed, said, end: code ?? signalName }));
  });
}

/** Escape sequences could do anything to a terminal. */
function wordsOf(said: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to go
  return withoutSecrets(oneLine(said.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replace(/[\x00-\x08\x0b-\x1f]/g, " ")));
}

/** Plugins print JSON, which is YAML as well. Its errors would quote what was printed. */
function documentOf(printed: string): unknown {
  try {
    return parse(printed);
  } catch {
    return undefined;
  }
}

function handedOut(status: z.infer<typeof Credential>["status"], what: string): Handed {
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  keepSecret(token);
  if (!token && !cert && !key) throw new EnvironmentError(`${what} handed out neither a token nor a certificate`);
  if (!cert !== !key)
    throw new EnvironmentError(
      `${what} handed out ${cert ? "a certificate without its key" : "a key without its certificate"}`,
    );
  const identity = token ? bearer(token, what) : { headers: {} };
  const expires = expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
  if (Number.isNaN(expires)) throw new EnvironmentError(`${what} gives its credentials an end that is not an instant`);
  if (!cert || !key) return { identity, expiresAtUnixMs: expires };
  assertPair(cert, key, what);
  return { identity: { ...identity, certificate: { cert, key } }, expiresAtUnixMs: expires };
}

function assertPair(cert: string, key: string, what: string): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    throw new EnvironmentError(`${what} handed out a certificate or key that can't be read: ${reasonOf(error)}`);
  }
  if (!fits) throw new EnvironmentError(`${what} handed out a certificate and another one's key`);
}
