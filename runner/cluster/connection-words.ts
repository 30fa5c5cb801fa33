import { EnvironmentError, oneLine } from "../errors.ts";
import { hostPort } from "../host-port.ts";
import { BrokenOff, NotReached } from "./access/patience.ts";

const NO_WAY = ["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
const BREAKS = ["ECONNRESET", "EPIPE", "ETIMEDOUT"];
const UNTRUSTED = [
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "INVALID_CA",
];

/** What to do about a certificate, by who says which to trust. */
export interface CertificateAdvice {
  readonly otherNames: string;
  readonly untrusted: string;
}

const BY_KUBECONFIG: CertificateAdvice = {
  otherNames: "if that is right, give tls-server-name in the kubeconfig",
  untrusted: "check certificate-authority-data in the kubeconfig",
};

/** An error of a connection to `url`, in words and with its address; what is in words already stays as it is. */
export function connectionError(error: unknown, url: URL, advice: CertificateAdvice = BY_KUBECONFIG): Error {
  if (!(error instanceof Error)) return new EnvironmentError(String(error));
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined || error instanceof EnvironmentError) return error;
  const own = ownWords(error, code);
  const said = wordsFor(code, own, url, advice);
  return new (kindOf(code))(said === undefined ? own : `${said} (${own})`, { cause: error });
}

function kindOf(code: string): typeof EnvironmentError {
  if (NO_WAY.includes(code)) return NotReached;
  return BREAKS.includes(code) ? BrokenOff : EnvironmentError;
}

function wordsFor(code: string, own: string, url: URL, advice: CertificateAdvice): string | undefined {
  const address = hostPort(url.hostname, url.port || (url.protocol === "https:" ? 443 : 80));
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens at ${address}`;
    case "ENOTFOUND":
      return `there is no host of the name ${url.hostname}`;
    case "EAI_AGAIN":
      return `the name ${url.hostname} can't be looked up at the moment`;
    case "ETIMEDOUT":
      return `${address} does not answer`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `no way leads to ${address}`;
    case "ECONNRESET":
    case "EPIPE":
      return `${address} broke the connection off`;
    case "CERT_HAS_EXPIRED":
      return `the certificate of ${address} has expired, or this machine's clock is wrong`;
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${address} is not valid yet, or this machine's clock is wrong`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of ${address} is for other names; ${advice.otherNames}`;
    default:
      if (UNTRUSTED.includes(code)) {
        return `the certificate of ${address} is of a CA that is not trusted; ${advice.untrusted}`;
      }
      return tlsWords(own, address);
  }
}

function tlsWords(own: string, address: string): string | undefined {
  if (/wrong version number|packet length too long/.test(own)) return `${address} does not speak TLS`;
  if (/certificate required|bad certificate|unknown ca/.test(own)) return `${address} refuses our client certificate`;
  return undefined;
}

/** Of several attempts each; of OpenSSL's long lines the part in English. */
function ownWords(error: Error, code: string): string {
  if (error instanceof AggregateError) {
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join(", ") || code;
  }
  const openssl = /:SSL routines:[^:]*:([^:\n]+)/.exec(error.message)?.[1];
  return openssl ?? (oneLine(error.message).replace(/:\s*$/, "") || code);
}
