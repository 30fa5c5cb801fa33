#!/bin/sh
# enter-node.sh CGROUP COMMAND [ARGUMENT…]
# Runs in a node's mount namespace: gives it a file system for pinned BPF objects and, as the root of what Cilium attaches
# socket programs to, the node's own cgroup; then becomes the command. Both are gone with the node's last process.
set -e
grep -q ' /sys/fs/bpf bpf ' /proc/self/mounts || mount -t bpf bpf /sys/fs/bpf
mkdir -p /run/cilium/cgroupv2
grep -q ' /run/cilium/cgroupv2 ' /proc/self/mounts || mount --bind "$1" /run/cilium/cgroupv2
shift
exec "$@"
