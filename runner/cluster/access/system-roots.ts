import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/** Where Linux distributions and others keep the CAs that they trust, in the order in which Go, and so kubectl, looks. */
const FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The CAs that this machine trusts, a company's own among them: Node by itself trusts only those that it brings. */
export function systemRoots(): string[] {
  for (const file of process.env.SSL_CERT_FILE ? [process.env.SSL_CERT_FILE] : FILES) {
    try {
      return [...rootCertificates, readFileSync(file, "utf8")];
    } catch {
      // The next one.
    }
  }
  return [...rootCertificates];
}
