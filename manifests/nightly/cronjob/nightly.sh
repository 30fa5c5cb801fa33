# One night. The exit code is packetwalk's: 0 passed, 1 regressed, 2 no answer, 3 invalid, 4 usage, 5 environment.
# What the container has as arguments goes to packetwalk.
set -eu
cd "$HOME"
# The image that `npm run image` writes has packetwalk; for a plain Node its package lies beside the history.
if ! command -v packetwalk >/dev/null; then
  npm install --no-save --no-audit --no-fund /store/packetwalk-*.tgz
  PATH=$HOME/node_modules/.bin:$PATH
fi
suites=${NIGHTLY_SUITES:-connection-flood}
arm=${NIGHTLY_ARM:-baseline}
store=${NIGHTLY_STORE:-/store}
results=${NIGHTLY_RESULTS:-/store/results}/$(date -u +%Y-%m-%dT%H%M%SZ)
mkdir -p "$results"

# The first process of a container hands no signal on by itself: packetwalk would be killed before it has put things back.
running=
trap 'if [ -n "$running" ]; then kill -TERM "$running"; fi' TERM INT
code=0
night() {
  packetwalk "$@" --context in-cluster --namespace "${NIGHTLY_NAMESPACE:-packetwalk-load}" --store "$store" --out "$results" &
  running=$!
  wait "$running" || code=$?
  # A signal ends the waiting, and not packetwalk.
  while kill -0 "$running" 2>/dev/null; do
    code=0
    wait "$running" || code=$?
  done
}

# So a history begins: the night is measured and compared with nothing.
if [ "${NIGHTLY_FIRST:-false}" = true ] || [ -e /store/first ]; then
  night run $suites --arm "$arm" "$@"
else
  night compare $suites --tuned "$arm" --against last-good "$@"
fi
for report in "$results/report.md" "$results"/*/report.md; do
  if [ -f "$report" ]; then cat "$report"; fi
done

# What changed for good. Below 16 nights nothing can be told: exit 2 is not a failure of tonight.
changed=0
packetwalk history "$store" --page "$results/trends.html" ${NIGHTLY_FAIL_ON:+--fail-on "$NIGHTLY_FAIL_ON"} || changed=$?
packetwalk history prune --keep "${NIGHTLY_KEEP:-365d}" --store "$store" || true
if [ "$code" -eq 0 ] && [ "$changed" -ne 2 ]; then code=$changed; fi
exit "$code"
