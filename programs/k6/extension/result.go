package extension

import (
	"fmt"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

// result is what flood() returns; ../packetwalk.d.ts documents it.
type result struct {
	Scheduled        int64            `js:"scheduled"`
	Sent             int64            `js:"sent"`
	Outcomes         map[string]int64 `js:"outcomes"`
	FailedShare      float64          `js:"failedShare"`
	LatencyMs        *quantiles       `js:"latencyMs"`
	OkLatencyMs      *quantiles       `js:"okLatencyMs"`
	ConnectMs        *quantiles       `js:"connectMs"`
	TLSMs            *quantiles       `js:"tlsMs"`
	FirstByteMs      *quantiles       `js:"firstByteMs"`
	ScheduleLagMs    *quantiles       `js:"scheduleLagMs"`
	Saturated        []string         `js:"saturated"`
	StartedAtUnixMs  int64            `js:"startedAtUnixMs"`
	FinishedAtUnixMs int64            `js:"finishedAtUnixMs"`
	BytesRead        int64            `js:"bytesRead"`
	Reused           int64            `js:"reused"`
	CPUMs            float64          `js:"cpuMs"`
	Slices           []slice          `js:"slices"`
}

type quantiles struct {
	P50  float64 `js:"p50"`
	P90  float64 `js:"p90"`
	P99  float64 `js:"p99"`
	P999 float64 `js:"p999"`
	Max  float64 `js:"max"`
}

type slice struct {
	AtMs      int64    `js:"atMs"`
	Scheduled int64    `js:"scheduled"`
	Ok        int64    `js:"ok"`
	Failed    int64    `js:"failed"`
	P50Ms     *float64 `js:"p50Ms"`
	P99Ms     *float64 `js:"p99Ms"`
}

func summarize(report flood.Report) (*result, error) {
	summary := &result{
		Saturated:        report.Saturated,
		Scheduled:        report.Scheduled,
		Sent:             report.Sent,
		Outcomes:         report.Outcomes,
		StartedAtUnixMs:  report.StartedAtUnixMs,
		FinishedAtUnixMs: report.FinishedAtUnixMs,
		BytesRead:        report.BytesRead,
		Reused:           report.Reused,
		CPUMs:            report.CPU.UserMs + report.CPU.SystemMs,
		Slices:           make([]slice, len(report.Slices)),
	}
	if report.Scheduled > 0 {
		summary.FailedShare = 1 - float64(report.Outcomes["ok"])/float64(report.Scheduled)
	}
	for i, each := range report.Slices {
		summary.Slices[i] = slice{AtMs: each.AtMs, Scheduled: each.Scheduled, Ok: each.Ok, Failed: each.Failed, P50Ms: each.P50Ms, P99Ms: each.P99Ms}
	}
	for _, each := range []struct {
		into **quantiles
		from string
	}{
		{&summary.LatencyMs, report.Histograms.Latency},
		{&summary.OkLatencyMs, report.Histograms.OkLatency},
		{&summary.ConnectMs, report.Histograms.Connect},
		{&summary.TLSMs, report.Histograms.TLS},
		{&summary.FirstByteMs, report.Histograms.FirstByte},
		{&summary.ScheduleLagMs, report.Histograms.ScheduleLag},
	} {
		read, err := quantilesOf(each.from)
		if err != nil {
			return nil, err
		}
		*each.into = read
	}
	return summary, nil
}

// quantilesOf reads an HDR histogram in µs; nil, null in JavaScript, if nothing was recorded.
func quantilesOf(encoded string) (*quantiles, error) {
	read, err := histogram.Decode(encoded)
	if err != nil {
		return nil, fmt.Errorf("cannot read the flood's histogram: %w", err)
	}
	if read.TotalCount() == 0 {
		return nil, nil
	}
	ms := func(percentile float64) float64 { return float64(read.ValueAtQuantile(percentile)) / 1000 }
	return &quantiles{P50: ms(50), P90: ms(90), P99: ms(99), P999: ms(99.9), Max: float64(read.Max()) / 1000}, nil
}
