/** CNIs whose path between nodes their DaemonSets tell, or their nature. Pure. */
import type { DeclaredPath } from "../result/declared-path.ts";
import type { DaemonSetSigns } from "./platform.ts";

/** What aws-node gives to its interfaces where nobody says otherwise (AWS_VPC_ENI_MTU in its README). */
const AWS_MTU = 9001;

const BY_NATURE: ReadonlyArray<readonly [RegExp, (daemonSet: DaemonSetSigns) => DeclaredPath]> = [
  [/^kindnet$/, () => ({ by: "kindnet (DaemonSet)", backend: "no encapsulation: direct routes", mtu: null })],
  [/^aws-node$/, awsPath],
  [/^kube-router$/, kubeRouterPath],
  [
    /^azure-(cni|cns)/,
    () => ({ by: "Azure CNI (DaemonSet)", backend: "no encapsulation: routes of the VNet", mtu: null }),
  ],
  [/^ovnkube-node$/, () => ({ by: "OVN-Kubernetes (DaemonSet)", backend: "geneve tunnel", mtu: null })],
];

/** Those that are there; of the others a ConfigMap, a pool or an annotation tells, or nothing does. */
export function pathsByNature(daemonSets: readonly DaemonSetSigns[]): DeclaredPath[] {
  return daemonSets.flatMap((each) => {
    const path = BY_NATURE.find(([sign]) => sign.test(each.name))?.[1];
    return path === undefined ? [] : [path(each)];
  });
}

function awsPath({ env }: DaemonSetSigns): DeclaredPath {
  const bytes = Number(env.AWS_VPC_ENI_MTU);
  return {
    by: "AWS VPC CNI (DaemonSet aws-node)",
    backend: "no encapsulation: addresses of the VPC",
    mtu: bytes > 0 ? bytes : AWS_MTU,
  };
}

/** Its overlay is on where nobody turns it off, and is for other subnets only unless told "full". */
function kubeRouterPath({ words }: DaemonSetSigns): DeclaredPath {
  const flags = words.join(" ");
  const by = "kube-router (DaemonSet)";
  if (/--enable-overlay[= ]false/.test(flags)) return { by, backend: "no encapsulation: routes by BGP", mtu: null };
  const kind = /--overlay-encap[= ]fou/.test(flags) ? "fou" : "ipip";
  const isFull = /--overlay-type[= ]full/.test(flags);
  return { by, backend: isFull ? kind : `${kind} between subnets, direct routes within one`, mtu: null };
}
