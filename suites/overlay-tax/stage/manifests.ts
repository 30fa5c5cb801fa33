import { manifestsIn } from "../../../runner/cluster/manifests.ts";

export const MANIFESTS = manifestsIn(new URL("../manifests/", import.meta.url));
