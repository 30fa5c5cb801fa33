import { readFileSync } from "node:fs";
import { EnvironmentError, UsageError } from "../../errors.ts";
import { keepSecret } from "../../secrets.ts";

/** As whom a request is sent. */
export interface Identity {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Where identities come from. One may cost a plugin's run, or somebody's answer to its prompt. */
export interface Credentials {
  current(): Promise<Identity>;
  /** The server has accepted an identity and refuses it now: it is not handed out again, if there may be another one. */
  refused?(): void;
}

export function always(identity: Identity): Credentials {
  return { current: async () => identity };
}

/** @param owner for messages, e.g. `user "u"` */
export function bearer(token: string, owner: string): Identity {
  const trimmed = token.trim();
  keepSecret(trimmed);
  if (/[\r\n]/.test(trimmed)) {
    throw new UsageError(`the token of ${owner} has a line break within; write it on one line, or in quotes`);
  }
  if (!/^[\x20-\x7e]*$/.test(trimmed)) {
    throw new UsageError(`the token of ${owner} has characters that no token has; copy it anew`);
  }
  return { headers: { Authorization: `Bearer ${trimmed}` } };
}

export function basic(username: string, password: string): Identity {
  const encoded = Buffer.from(`${username}:${password}`).toString("base64");
  keepSecret(password, encoded);
  return { headers: { Authorization: `Basic ${encoded}` } };
}

/**
 * A token that is kept in a file and may change there.
 * @param otherwise what counts while the file can't be read
 * @throws UsageError if there is no token at all
 */
export function tokenFile(file: string, owner: string, otherwise: string | undefined): Credentials {
  let last = otherwise === undefined ? bearer(read(file, owner), owner) : bearer(otherwise, owner);
  return {
    async current() {
      try {
        last = bearer(read(file, owner), owner);
      } catch {
        // It may be just about to be replaced: the token from before serves until the API refuses it.
      }
      return last;
    },
  };
}

function read(file: string, owner: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the tokenFile ${file} of ${owner} can't be read (${code})`);
  }
  if (text.trim() === "") throw new UsageError(`the tokenFile ${file} of ${owner} is empty`);
  return text;
}

/** Ways to log in that Kubernetes has given up, and what took their place. */
const GONE: Readonly<Record<string, string>> = {
  gcp: "install gke-gcloud-auth-plugin, then run gcloud container clusters get-credentials",
  azure: "install kubelogin, then run kubelogin convert-kubeconfig",
};

export function goneProvider(name: string, owner: string): UsageError {
  const instead = GONE[name] ?? "let the tool that wrote it write it anew";
  return new UsageError(
    `${owner} logs in with the auth-provider "${name}", which Kubernetes clients have not had since 1.26: ${instead}`,
  );
}

/** Of what Kubernetes still has, `how` hands out the headers. */
export function fromHeaders(how: () => Promise<Record<string, string>>, owner: string): Credentials {
  return {
    async current() {
      try {
        const headers = await how();
        keepSecret(headers.Authorization);
        return { headers };
      } catch (error) {
        throw new EnvironmentError(`${owner} can't log in`, { cause: error });
      }
    },
  };
}
