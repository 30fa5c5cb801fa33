/** Where a Prometheus is, and as whom it is asked. */
import { always, basic, bearer, type Credentials, tokenFile } from "../cluster/access/credentials.ts";
import { UsageError } from "../errors.ts";
import { keepSecret } from "../secrets.ts";

export interface PrometheusAddress {
  /** Without user and password. */
  readonly url: URL;
  readonly credentials: Credentials;
  /** By which the user gave it; what goes wrong is said of it. */
  readonly flag: string;
}

export interface Token {
  readonly file: string | undefined;
  /** The flag that names the file, for advice. */
  readonly fileFlag: string;
  /** Name of the variable that may hold it instead. */
  readonly variable: string;
}

/**
 * @param text as the user gave it; it may hold a password, so it is never told
 * @throws UsageError
 */
export function prometheusAddress(
  flag: string,
  text: string,
  token: Token,
  env: Readonly<Record<string, string | undefined>>,
): PrometheusAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new UsageError(`${flag}: is not an address; give one that begins with http:// or https://`);
  if (url.search !== "" || url.hash !== "")
    throw new UsageError(`${flag}: has something after ? or #; give the address alone`);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const given = env[token.variable] || undefined;
  const ways = [username || password, token.file, given].filter((way) => way);
  if (ways.length > 1)
    throw new UsageError(
      `${flag}: there is more than one of a user in the address, ${token.fileFlag} and ${token.variable}; leave one of them`,
    );
  return { url, flag, credentials: credentialsOf(flag, { username, password }, token.file, given) };
}

function credentialsOf(
  flag: string,
  { username, password }: Pick<URL, "username" | "password">,
  file: string | undefined,
  given: string | undefined,
): Credentials {
  if (file !== undefined) return tokenFile(file, flag, undefined);
  if (given !== undefined) return always(bearer(given, flag));
  if (username === "" && password === "") return always({ headers: {} });
  keepSecret(password);
  return always(basic(plain(flag, username), plain(flag, password)));
}

function plain(flag: string, encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new UsageError(`${flag}: user or password has a % that begins no character; write % as %25`);
  }
}
