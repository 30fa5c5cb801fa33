#!/bin/sh
# prepare-node.sh COMMAND [ARGUMENT…]
# Runs in a node's fresh network, mount and UTS namespaces: makes the file system look like a node's own, then becomes
# the command. Every mount here is seen by this node alone and is gone with its last process.
#   NODE  its name             LIB, LOG  become /var/lib and /var/log
#   KEEP  directories, one a line, that must stay visible, though they may be below one of those that are covered
#   SYSCTLS  files that stand in for host-wide sysctls (paths as below /proc/sys)
set -e
IFS='
'
hostname "$NODE"

# Covered directories would hide the lab's own state if that is below them: mount it again, first, on the covers.
keep() {
  for directory in $KEEP; do
    case "$directory/" in
      "$1"/*)
        below="$2${directory#"$1"}"
        mkdir -p "$below"
        mount --bind "$directory" "$below"
        ;;
    esac
  done
}
keep /var/lib "$LIB"
keep /var/log "$LOG"
mkdir -p "$LIB/run"
mount -t tmpfs -o mode=755 tmpfs "$LIB/run"
keep /run "$LIB/run"

# A sysfs mount shows the network devices of the namespace that it is mounted in; the cgroups move over to it.
mkdir "$LIB/run/cgroup"
mount --rbind /sys/fs/cgroup "$LIB/run/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$LIB/run/cgroup" /sys/fs/cgroup
umount -R "$LIB/run/cgroup"
rmdir "$LIB/run/cgroup"

# The kubelet insists on some host-wide sysctls. It finds them as it wants them, and the machine's own stay as they are.
(cd "$SYSCTLS" && find . -type f) | while read -r name; do
  [ ! -e "/proc/sys/$name" ] || mount --bind "$SYSCTLS/$name" "/proc/sys/$name"
done

mount --rbind "$LIB/run" /run
mount --rbind "$LOG" /var/log
mount --rbind "$LIB" /var/lib
mkdir -p /run/lock /run/netns

# Pods may ask for mount propagation, which needs a shared root: shared within this node only. Last, because copies of
# shared mounts would be unmounted together.
mount --make-rshared /
exec "$@"
