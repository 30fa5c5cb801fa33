#!/bin/sh
# join-cgroups.sh "PROCS-FILE…" COMMAND [ARGUMENT…]
# Enters the cgroups, then becomes the command: nothing that it starts can be outside of them.
set -e
for procs in $1; do
  echo $$ > "$procs"
done
shift
exec "$@"
