# Fetches packetwalk's programs into $folder, each checked by its SHA-256 before anything can run it; then becomes the
# command after "--", if there is one. Run by BusyBox or any other POSIX shell with wget.
#   fetch DEPOT-URL FOLDER NAME=ARCH:SHA256[,ARCH:SHA256] … [-- COMMAND …]
set -eu
depot=$1 folder=$2
shift 2
case "$(uname -m)" in
  x86_64) arch=amd64 ;;
  aarch64) arch=arm64 ;;
  *) arch=$(uname -m) ;;
esac

matches() {
  [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$sum" ]
}

while [ $# -gt 0 ]; do
  [ "$1" = -- ] && { shift; break; }
  name=${1%%=*}
  sum=$(echo "${1#*=}" | tr , '\n' | sed -n "s/^$arch://p")
  shift
  if [ -z "$sum" ]; then
    echo "packetwalk has no $name for a node with $arch" >&2
    exit 1
  fi
  matches "$folder/$name" && continue
  new="$folder/.$name.new"
  if matches "/packetwalk-$name"; then
    cp "/packetwalk-$name" "$new" # an image of the user's own that brings it
  else
    # Where not a byte came in 40 s there is no way: whoever waits for this pod waits longer, and hears why. Where some came, it is slow.
    tries=0 limit=20 until=$(($(date +%s) + 40))
    until timeout "$limit" wget -q -O "$new" "$depot/$sum"; do
      tries=$((tries + 1))
      [ -s "$new" ] && limit=60
      if [ "$tries" -ge 30 ] || { [ "$limit" -eq 20 ] && [ "$(date +%s)" -ge "$until" ]; }; then
        echo "$name can't be fetched from packetwalk's depot at $depot: is there a way from this pod to that one?" >&2
        exit 1
      fi
      sleep 1
    done
    if ! matches "$new"; then
      echo "$name from packetwalk's depot at $depot is not what it should be (SHA-256 is not $sum)" >&2
      exit 1
    fi
  fi
  chmod 755 "$new"
  mv "$new" "$folder/$name"
done
[ $# -eq 0 ] || exec "$@"
