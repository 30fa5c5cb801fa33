package chain

import (
	"context"
	"sync"
	"time"

	"packetwalk.dev/agent/lookups"
	"packetwalk.dev/agent/openload"
	"packetwalk.dev/agent/periods"
)

// timedOut is a request that had not come back in time.
const timedOut = "timeout"

// Drive sends requests through a chain from startAt on (at once if that is past) and reports on them
// when the last has ended or timed out. When the context is done it begins no more of them.
// Meanwhile it tells of its periods, where the spec has a length for them.
func Drive(ctx context.Context, spec Spec, startAt time.Time, onPeriod func(periods.Period)) (Report, error) {
	if err := spec.Validate(); err != nil {
		return Report{}, err
	}
	helper, err := lookups.Start(spec.Helper, spec.MaxInFlight)
	if err != nil {
		return Report{}, err
	}
	defer helper.Close()
	caller := newCaller(helper)
	seen := newHops(spec.Depth)
	requests := []Request{}
	var lock sync.Mutex // of the two above
	load, err := openload.Run(ctx, spec.Spec, startAt, openload.Work{
		Period:   onPeriod,
		TimedOut: timedOut,
		Begin: func(_ int, deadline time.Time, end func(string)) {
			due := deadline.Add(-time.Duration(spec.TimeoutMs) * time.Millisecond)
			go func() {
				within, cancel := context.WithDeadline(context.Background(), deadline)
				defer cancel()
				steps := caller.steps(within, 1, spec.route())
				outcome := outcomeOf(steps, spec.Depth)
				if within.Err() != nil {
					outcome = timedOut
				}
				lock.Lock()
				seen.add(steps)
				if outcome == ok {
					requests = append(requests, Request{DNSMs: dnsMs(steps), TotalMs: milliseconds(time.Since(due))})
				}
				lock.Unlock()
				end(outcome)
			}()
		},
	})
	if err != nil {
		return Report{}, err
	}
	lock.Lock()
	defer lock.Unlock()
	report := Report{
		Report: load, Resolver: spec.Resolver, Depth: spec.Depth,
		Requests: requests, ResolvConf: lookups.ResolvConf(),
	}
	report.Engine = engineName
	report.Hops, err = seen.report()
	return report, err
}
