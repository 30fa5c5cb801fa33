package extension

import (
	"context"
	"sync"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/lib"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/k6/output"
)

// livePause is how often a running flood tells k6 how its requests ended.
const livePause = time.Second

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
	samples := i.metrics.emitterFor(state)
	report, err := watch(i.vu.Context(), spec, samples)
	if err != nil {
		return nil, err
	}
	output.Handover(report)
	summary, err := summarize(report)
	if err != nil {
		return nil, err
	}
	samples.outcomes(report.Outcomes)
	samples.summary(summary)
	return summary, nil
}

// watch runs the flood and emits its outcomes each second meanwhile.
func watch(ctx context.Context, spec flood.Spec, samples *emitter) (flood.Report, error) {
	var live flood.Live
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(livePause)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				samples.outcomes(live.Outcomes())
			case <-ended:
				return
			}
		}
	})
	report, err := flood.RunLive(ctx, spec, time.Now(), &live)
	close(ended)
	watching.Wait()
	return report, err
}
