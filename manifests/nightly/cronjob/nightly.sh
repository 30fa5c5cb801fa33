# One night. The exit code is packetwalk's: 0 passed, 1 regressed, 2 no answer, 3 invalid, 4 usage, 5 environment.
set -eu
cd /work
npm install --no-save --no-audit --no-fund /store/packetwalk-*.tgz
results=/store/results/$(date -u +%Y-%m-%dT%H%M%SZ)
mkdir -p "$results"
code=0
# Where a file /store/first lies, the night is measured and compared with nothing; so a history begins.
if [ -e /store/first ]; then
  npx packetwalk run connection-flood --arm baseline --quick --context in-cluster --namespace packetwalk-load --store /store --out "$results" || code=$?
else
  npx packetwalk compare connection-flood --tuned baseline --against last-good --quick --context in-cluster --namespace packetwalk-load --store /store --out "$results" || code=$?
fi
if [ -f "$results/report.md" ]; then cat "$results/report.md"; fi
npx packetwalk history /store --page "$results/trends.html" || true
npx packetwalk history prune --keep 365d --store /store || true
exit "$code"
