package extension

import (
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/lib"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/k6/output"
)

// run drives the flood on OS threads of its own and blocks the virtual user meanwhile. When k6 stops
// the virtual user (abort, or the end of gracefulStop), the flood schedules no more requests, waits
// for those in flight and reports on what was scheduled until then.
func (i *instance) run(state *lib.State, argument sobek.Value) (*result, error) {
	parsed, err := parseOptions(argument, i.vu.Runtime())
	if err != nil {
		return nil, err
	}
	spec, err := parsed.spec(state)
	if err != nil {
		return nil, err
	}
	report, err := flood.Run(i.vu.Context(), spec, time.Now())
	if err != nil {
		return nil, err
	}
	output.Handover(report)
	summary, err := summarize(report)
	if err != nil {
		return nil, err
	}
	i.metrics.emit(state, summary)
	return summary, nil
}
