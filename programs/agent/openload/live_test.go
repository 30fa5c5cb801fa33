package openload

import (
	"context"
	"testing"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/agent/periods"
)

func spec(duration time.Duration, perSecond float64) Spec {
	return Spec{
		Schedule:    flood.Schedule{Stages: []flood.Stage{{DurationMs: int(duration.Milliseconds()), FromPerSecond: perSecond, ToPerSecond: perSecond}}},
		TimeoutMs:   300,
		MaxInFlight: 1000,
		LiveMs:      100,
	}
}

func tell(t *testing.T, ctx context.Context, spec Spec, work Work) ([]periods.Period, flood.Report) {
	t.Helper()
	var told []periods.Period
	also := work.Period
	work.Period = func(each periods.Period) {
		told = append(told, each)
		if also != nil {
			also(each)
		}
	}
	report, err := Run(ctx, spec, time.Now(), work)
	if err != nil {
		t.Fatal(err)
	}
	scheduled, outcomes := int64(0), map[string]int64{}
	for i, each := range told {
		latencies, err := histogram.Decode(each.OkLatency)
		if err != nil || latencies.TotalCount() != each.Ok || each.AtMs != int64(100*(i+1)) {
			t.Errorf("period %d: %+v (%v)", i, each, err)
		}
		scheduled += each.Scheduled
		outcomes[OK] += each.Ok
		for how, count := range each.Outcomes {
			outcomes[how] += count
		}
	}
	if scheduled != report.Scheduled {
		t.Errorf("periods hold %d of %d", scheduled, report.Scheduled)
	}
	for how, count := range report.Outcomes {
		if outcomes[how] != count {
			t.Errorf("periods hold %v, the report %v", outcomes, report.Outcomes)
		}
	}
	return told, report
}

func TestLivePeriodsAddUp(t *testing.T) {
	told, report := tell(t, context.Background(), spec(500*time.Millisecond, 200), Work{
		TimedOut: "timeout",
		Begin: func(number int, _ time.Time, end func(string)) {
			switch number % 4 {
			case 0:
				end("refused")
			case 1: // never ends
			default:
				go end(OK)
			}
		},
	})
	if report.Scheduled != 100 || report.Outcomes["refused"] != 25 || report.Outcomes["timeout"] != 25 {
		t.Errorf("%v of %d", report.Outcomes, report.Scheduled)
	}
	if timedOut := told[0].Outcomes["timeout"] + told[1].Outcomes["timeout"]; timedOut > 0 {
		t.Errorf("before their time was up %d timed out: %+v", timedOut, told[0])
	}
	if last := told[len(told)-1]; last.InFlight != 0 {
		t.Errorf("%+v", last)
	}
}

func TestLiveCanBeStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	told, report := tell(t, ctx, spec(time.Minute, 100), Work{
		TimedOut: "timeout",
		Begin:    func(_ int, _ time.Time, end func(string)) { end(OK) },
		Period: func(each periods.Period) {
			if each.AtMs == 200 {
				stop()
			}
		},
	})
	if report.Scheduled < 1 || report.Scheduled > 3000 || report.StoppedAtMs == nil || *report.StoppedAtMs < 200 {
		t.Errorf("%d of 6000 begun, stopped at %v, %d periods", report.Scheduled, report.StoppedAtMs, len(told))
	}
}

func TestTellsNothingWhereNobodyAsks(t *testing.T) {
	short := spec(100*time.Millisecond, 100)
	short.LiveMs = 0
	told := 0
	report, err := Run(context.Background(), short, time.Now(), Work{
		TimedOut: "timeout",
		Begin:    func(_ int, _ time.Time, end func(string)) { end(OK) },
		Period:   func(periods.Period) { told++ },
	})
	if err != nil || told > 0 || report.StoppedAtMs != nil || report.Scheduled != 10 {
		t.Errorf("%v: %d periods told, %d scheduled, stopped at %v", err, told, report.Scheduled, report.StoppedAtMs)
	}
}
