package lookups

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"packetwalk.dev/agent/openload"
	"packetwalk.dev/agent/periods"
)

// Run looks the names up from startAt on (at once if that is past) and reports on it when the last
// look-up has ended or timed out. When the context is done it begins no more of them. Meanwhile it tells
// of its periods, where the spec has a length for them.
func Run(ctx context.Context, spec Spec, startAt time.Time, onPeriod func(periods.Period)) (Report, error) {
	if err := spec.Validate(); err != nil {
		return Report{}, err
	}
	helper, err := Start(spec.Helper, spec.MaxInFlight)
	if err != nil {
		return Report{}, err
	}
	defer helper.Close()
	return run(ctx, spec, startAt, helper, ResolvConf(), onPeriod)
}

func run(
	ctx context.Context, spec Spec, startAt time.Time, helper *Helper, resolvConf string, onPeriod func(periods.Period),
) (Report, error) {
	names := make([]*counts, len(spec.Names))
	for i, each := range spec.Names {
		names[i] = newCounts(each)
	}
	timeout := timeoutOf(resolvConf)
	var broken atomic.Bool
	load, err := openload.Run(ctx, spec.Spec, startAt, openload.Work{
		Period:   onPeriod,
		TimedOut: string(Timeout),
		Begin: func(number int, _ time.Time, end func(string)) {
			helper.Ask(spec.Names[number%len(names)].of(spec.Worker, number), func(answer Answer, err error) {
				if err != nil {
					broken.Store(true)
					end(string(Failed))
					return
				}
				end(string(OutcomeOf(answer, timeout)))
			})
		},
		Judge: func(number int, outcome string) string {
			return string(spec.Names[number%len(names)].judged(Outcome(outcome)))
		},
		Ended: func(number int, at time.Duration, outcome string, took time.Duration) {
			names[number%len(names)].endedAt(at, Outcome(outcome), took)
		},
	})
	switch {
	case err != nil:
		return Report{}, err
	case broken.Load():
		return Report{}, errors.New("the look-up helper ended before its time")
	}
	report := Report{Report: load, Found: Found{Resolver: spec.Resolver, ResolvConf: resolvConf}}
	report.Engine = engineName
	helper.Close()
	user, system := helper.CPU()
	report.CPU.UserMs += milliseconds(user)
	report.CPU.SystemMs += milliseconds(system)
	for _, each := range names {
		lookup, err := each.report()
		if err != nil {
			return Report{}, err
		}
		report.Lookups = append(report.Lookups, lookup)
	}
	return report, nil
}
