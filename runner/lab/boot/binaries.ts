/** Where the executables of one lab are. */
export interface Binaries {
  /** A folder with kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl. */
  kubernetes: string;
  etcd: string;
  relay: string;
}
