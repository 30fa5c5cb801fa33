package extension

import (
	"errors"
	"time"

	"go.k6.io/k6/lib"
	"go.k6.io/k6/metrics"
)

// floodMetrics is what a flood tells k6, for thresholds, the summary and every output.
//
// Quantiles are gauges tagged with the quantile, and the share of failures is a gauge too: k6's Trend
// and Rate take one sample a request, and Trend keeps each one for the summary, so that memory would
// grow with the number of connections ever made.
type floodMetrics struct {
	requests    *metrics.Metric // Counter, tag outcome; each second
	failedShare *metrics.Metric // Gauge, 0…1 of the scheduled requests
	notSent     *metrics.Metric // Counter: scheduled, but never sent
	latency     *metrics.Metric // Gauge, ms from the scheduled instant, of all that were sent; tag quantile
	okLatency   *metrics.Metric // the same, of those that ended well
	connect     *metrics.Metric // Gauge, ms; tag quantile
	tls         *metrics.Metric // Gauge, ms of the handshake; tag quantile
	scheduleLag *metrics.Metric // Gauge, ms; tag quantile
	saturated   *metrics.Metric // Gauge, 1 if the generator was the bottleneck, so that the rest is not evidence
}

func registerMetrics(registry *metrics.Registry) (*floodMetrics, error) {
	var problems []error
	register := func(name string, kind metrics.MetricType, contains ...metrics.ValueType) *metrics.Metric {
		metric, err := registry.NewMetric(name, kind, contains...)
		problems = append(problems, err)
		return metric
	}
	registered := &floodMetrics{
		requests:    register("packetwalk_requests", metrics.Counter),
		failedShare: register("packetwalk_failed_share", metrics.Gauge),
		notSent:     register("packetwalk_not_sent", metrics.Counter),
		latency:     register("packetwalk_latency", metrics.Gauge, metrics.Time),
		okLatency:   register("packetwalk_ok_latency", metrics.Gauge, metrics.Time),
		connect:     register("packetwalk_connect", metrics.Gauge, metrics.Time),
		tls:         register("packetwalk_tls", metrics.Gauge, metrics.Time),
		scheduleLag: register("packetwalk_schedule_lag", metrics.Gauge, metrics.Time),
		saturated:   register("packetwalk_saturated", metrics.Gauge),
	}
	return registered, errors.Join(problems...)
}

// emitter hands one flood's samples to k6. It does not ask whether the virtual user was stopped: what
// happened until then counts, and k6 takes samples until the last iteration has returned.
type emitter struct {
	*floodMetrics
	state *lib.State
	told  map[string]int64 // outcomes emitted so far
}

func (m *floodMetrics) emitterFor(state *lib.State) *emitter {
	return &emitter{floodMetrics: m, state: state, told: map[string]int64{}}
}

// outcomes emits by how much the counts grew since the last call.
func (e *emitter) outcomes(counts map[string]int64) {
	at := e.batch()
	for outcome, count := range counts {
		if grown := count - e.told[outcome]; grown > 0 {
			at.addTagged(e.requests, "outcome", outcome, float64(grown))
			e.told[outcome] = count
		}
	}
	e.state.Samples <- at.samples
}

func (e *emitter) summary(flood *result) {
	at := e.batch()
	at.add(e.failedShare, flood.FailedShare)
	at.add(e.notSent, float64(flood.Scheduled-flood.Sent))
	at.addQuantiles(e.latency, flood.LatencyMs)
	at.addQuantiles(e.okLatency, flood.OkLatencyMs)
	at.addQuantiles(e.connect, flood.ConnectMs)
	at.addQuantiles(e.tls, flood.TLSMs)
	at.addQuantiles(e.scheduleLag, flood.ScheduleLagMs)
	at.add(e.saturated, float64(min(len(flood.Saturated), 1)))
	at.add(e.state.BuiltinMetrics.DataReceived, float64(flood.BytesRead))
	e.state.Samples <- at.samples
}

func (e *emitter) batch() *batch {
	return &batch{labels: e.state.Tags.GetCurrentValues(), time: time.Now()}
}

// batch collects samples of one instant with one virtual user's tags.
type batch struct {
	labels  metrics.TagsAndMeta
	time    time.Time
	samples metrics.Samples
}

func (b *batch) add(metric *metrics.Metric, value float64) { b.addTo(metric, b.labels.Tags, value) }

func (b *batch) addTagged(metric *metrics.Metric, tag, tagged string, value float64) {
	b.addTo(metric, b.labels.Tags.With(tag, tagged), value)
}

func (b *batch) addTo(metric *metrics.Metric, tags *metrics.TagSet, value float64) {
	b.samples = append(b.samples, metrics.Sample{
		TimeSeries: metrics.TimeSeries{Metric: metric, Tags: tags},
		Time:       b.time,
		Metadata:   b.labels.Metadata,
		Value:      value,
	})
}

func (b *batch) addQuantiles(metric *metrics.Metric, ms *quantiles) {
	if ms == nil {
		return
	}
	for _, each := range []struct {
		name  string
		value float64
	}{{"p50", ms.P50}, {"p90", ms.P90}, {"p99", ms.P99}, {"p999", ms.P999}, {"max", ms.Max}} {
		b.addTagged(metric, "quantile", each.name, each.value)
	}
}
