import { generateKeyPair } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Ranges } from "../families.ts";
import { command } from "../machine/command.ts";
import type { NodeNetwork } from "../network.ts";

const config = fileURLToPath(new URL("openssl.cnf", import.meta.url));

interface Subject {
  /** Base name of its .crt and .key files. */
  file: string;
  commonName: string;
  organization?: string;
}

type Certificate = Subject & ({ kind: "client" } | { kind: "server"; names: string[] });

/** Who may speak to whom, by the names that Kubernetes' built-in roles are bound to. */
function certificates(nodes: readonly NodeNetwork[], families: readonly Ranges[]): Certificate[] {
  return [
    {
      file: "apiserver",
      kind: "server",
      commonName: "kube-apiserver",
      names: [
        "DNS:kubernetes",
        "DNS:kubernetes.default",
        "DNS:kubernetes.default.svc",
        "DNS:kubernetes.default.svc.cluster.local",
        "DNS:localhost",
        "IP:127.0.0.1",
        ...families.flatMap(({ controlPlane, kubernetesService }) => [`IP:${controlPlane}`, `IP:${kubernetesService}`]),
      ],
    },
    {
      file: "apiserver-kubelet-client",
      kind: "client",
      commonName: "kube-apiserver-kubelet-client",
      organization: "system:masters",
    },
    { file: "admin", kind: "client", commonName: "packetwalk-admin", organization: "system:masters" },
    { file: "controller-manager", kind: "client", commonName: "system:kube-controller-manager" },
    { file: "scheduler", kind: "client", commonName: "system:kube-scheduler" },
    { file: "proxy", kind: "client", commonName: "system:kube-proxy" },
    ...nodes.flatMap(({ name, addresses }): Certificate[] => [
      { file: `kubelet-${name}`, kind: "client", commonName: `system:node:${name}`, organization: "system:nodes" },
      {
        file: `kubelet-${name}-server`,
        kind: "server",
        commonName: name,
        names: [`DNS:${name}`, ...addresses.map(({ address }) => `IP:${address}`)],
      },
    ]),
  ];
}

/** Makes the lab's certificate authority, every component's certificate and the key of the service accounts. */
export async function issueCertificates(
  directory: string,
  nodes: readonly NodeNetwork[],
  families: readonly Ranges[],
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await Promise.all([
    authority(directory, "ca").then(() =>
      Promise.all(certificates(nodes, families).map((each) => issue(directory, "ca", each))),
    ),
    // Aggregated APIs must be able to tell the API server from its clients, so its front proxy has an authority of its own.
    authority(directory, "front-proxy-ca").then(() =>
      issue(directory, "front-proxy-ca", {
        file: "front-proxy-client",
        kind: "client",
        commonName: "front-proxy-client",
      }),
    ),
    serviceAccountKey(directory),
  ]);
}

async function authority(directory: string, file: string): Promise<void> {
  await request(directory, { file, commonName: `packetwalk-lab-${file}` }, "authority", [], {});
}

async function issue(directory: string, authorityFile: string, certificate: Certificate): Promise<void> {
  const signer = ["-CA", join(directory, `${authorityFile}.crt`), "-CAkey", join(directory, `${authorityFile}.key`)];
  const env: Record<string, string> = certificate.kind === "server" ? { SAN: certificate.names.join(",") } : {};
  await request(directory, certificate, certificate.kind, signer, env);
}

async function request(
  directory: string,
  { file, commonName, organization }: Subject,
  extensions: string,
  signer: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const key = join(directory, `${file}.key`);
  const subject = `${organization ? `/O=${organization}` : ""}/CN=${commonName}`;
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key];
  await command(
    "openssl",
    [
      "req",
      "-x509",
      "-new",
      "-config",
      config,
      "-extensions",
      extensions,
      "-days",
      "3650",
      "-subj",
      subject,
      ...newKey,
      ...signer,
      "-out",
      join(directory, `${file}.crt`),
    ],
    { env: { SAN: "DNS:unused", ...env } },
  );
  await chmod(key, 0o600);
}

async function serviceAccountKey(directory: string): Promise<void> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  await writeFile(join(directory, "service-account.key"), privateKey, { mode: 0o600 });
  await writeFile(join(directory, "service-account.pub"), publicKey);
}
