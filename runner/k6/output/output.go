// Package output is a k6 output that turns the HTTP traffic of any script into packetwalk's worker
// report: "k6 run --out packetwalk[=FILE]". One request an iteration is what it is made for; a further
// one counts its latency from the same intended instant. Requests of setup() and teardown() are no
// load, and other protocols than HTTP are not reported.
package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.k6.io/k6/lib/netext/httpext"
	"go.k6.io/k6/metrics"
	"go.k6.io/k6/output"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/k6/worker"
)

// Name is what --out takes.
const Name = "packetwalk"

const (
	engineName         = "k6"
	defaultSliceLength = 250 * time.Millisecond
)

// requiredTags are the system tags without which a request's outcome cannot be told.
var requiredTags = []metrics.SystemTag{metrics.TagStatus, metrics.TagError, metrics.TagErrorCode}

// Output counts requests as k6 hands them over.
type Output struct {
	path  string // "" is stdout
	spec  worker.Spec
	paced bool // the spec is there, so that it says how many requests there should be
	meter flood.Meter
	// startedAt is the first intended instant; zero before the first request.
	startedAt time.Time
	last      time.Duration // intended instant of the latest request, from startedAt
	tally     *tally
	watch     watch
	dropped   int64 // iterations that k6 had no virtual user for
}

var _ output.WithStopWithTestError = &Output{}

// New is called by k6 for --out packetwalk.
func New(params output.Params) (output.Output, error) {
	spec, paced, err := worker.FromEnvironment()
	if err != nil {
		return nil, err
	}
	for _, tag := range requiredTags {
		if enabled := params.ScriptOptions.SystemTags; enabled != nil && !enabled.Has(tag) {
			return nil, fmt.Errorf("the packetwalk output needs the system tag %q, which option systemTags leaves out", tag)
		}
	}
	sliceLength := time.Duration(spec.SliceMs) * time.Millisecond
	if sliceLength == 0 {
		sliceLength = defaultSliceLength
	}
	return &Output{path: params.ConfigArgument, spec: spec, paced: paced, tally: newTally(sliceLength)}, nil
}

// Description is what k6 prints of it.
func (o *Output) Description() string {
	if o.path == "" {
		return "packetwalk (report on stdout)"
	}
	return fmt.Sprintf("packetwalk (report in %s)", o.path)
}

// Start is called before k6 initialises its virtual users. Behind a gate, what they cost is no part
// of the load: the meter starts again when it opens.
func (o *Output) Start() (err error) {
	worker.OnStart(func() {
		if again, err := flood.StartMeter(); err == nil {
			o.meter = again
		}
	})
	o.meter, err = flood.StartMeter()
	return err
}

// AddMetricSamples counts at once: that takes about 1 µs a request, and keeping samples takes memory.
func (o *Output) AddMetricSamples(containers []metrics.SampleContainer) {
	if o.startedAt.IsZero() {
		o.begin(containers)
	}
	for _, container := range containers {
		if trail, is := container.(*httpext.Trail); is {
			if isLoad(trail) {
				o.count(trail)
			}
			continue
		}
		for _, sample := range container.GetSamples() {
			switch sample.Metric.Name {
			case metrics.DroppedIterationsName:
				o.drop(sample)
			case metrics.DataReceivedName:
				o.tally.bytesRead += int64(sample.Value)
			}
		}
	}
}

// begin finds the load's start in the first samples that come from it.
func (o *Output) begin(containers []metrics.SampleContainer) {
	for _, container := range containers {
		if trail, is := container.(*httpext.Trail); is && isLoad(trail) {
			at := readIntent(trail, readPhases(trail)).scheduledAt
			if o.startedAt.IsZero() || at.Before(o.startedAt) {
				o.startedAt = at
			}
		}
	}
}

func isLoad(trail *httpext.Trail) bool {
	group, _ := trail.Tags.Get("group")
	return group != "::setup" && group != "::teardown"
}

func (o *Output) count(trail *httpext.Trail) {
	phases := readPhases(trail)
	intent := readIntent(trail, phases)
	how := readRequest(trail).outcome()
	at := o.sinceStart(intent.scheduledAt, trail.EndTime)
	o.last = max(o.last, at)
	o.tally.finish(at, how, intent.latency(trail, phases, how == ok))
	if phases.connect > 0 {
		o.tally.connect.Record(phases.connect)
	}
	if phases.firstByte > 0 {
		o.tally.firstByte.Record(phases.firstByte)
	}
	if trail.ConnReused {
		o.tally.reused++
	}
	if intent.known {
		o.tally.scheduleLag.Record(intent.lag)
		o.watch.began(at, intent.lag)
	}
}

// drop counts iterations for which k6 had no virtual user left; after the end of what was planned
// they are none of the load.
func (o *Output) drop(sample metrics.Sample) {
	if o.startedAt.IsZero() {
		o.startedAt = sample.Time
	}
	at := o.sinceStart(sample.Time, sample.Time)
	if o.paced && at > o.spec.Duration() {
		return
	}
	for range int(sample.Value) {
		o.dropped++
		o.tally.finish(at, notSent, 0)
	}
}

// sinceStart keeps an instant within the run, whatever a script may say.
func (o *Output) sinceStart(at, end time.Time) time.Duration {
	return max(min(at.Sub(o.startedAt), end.Sub(o.startedAt)), 0)
}

// Stop is not called by k6: StopWithTestError is.
func (o *Output) Stop() error { return o.StopWithTestError(nil) }

// StopWithTestError writes the report; with an error the run was stopped early.
func (o *Output) StopWithTestError(stopped error) error {
	written, err := o.finalReport(stopped != nil)
	if err != nil {
		return err
	}
	line, err := json.Marshal(written)
	if err != nil {
		return err
	}
	return write(o.path, append(line, '\n'))
}

func (o *Output) finalReport(stoppedEarly bool) (any, error) {
	flooded, is, err := handedOver()
	if err != nil {
		return nil, err
	}
	if !is {
		return o.report(stoppedEarly)
	}
	flooded.Engine = engineName
	return flooded, nil
}

// report is the flood's, without what k6 cannot tell.
type report struct {
	flood.Report
	BusyShare    *float64 `json:"busyShare,omitempty"`
	BusiestShare *float64 `json:"busiestShare,omitempty"`
}

func (o *Output) report(stoppedEarly bool) (report, error) {
	never := o.neverBegun(stoppedEarly)
	for range never {
		o.tally.finish(o.last, notSent, 0)
	}
	startedAt, finishedAt := o.startedAt, time.Now()
	if startedAt.IsZero() {
		startedAt = finishedAt
	}
	of := flood.Report{
		Engine:           engineName,
		Worker:           o.spec.Worker,
		StartedAtUnixMs:  startedAt.UnixMilli(),
		FinishedAtUnixMs: finishedAt.UnixMilli(),
		MaxInFlight:      o.spec.MaxInFlight,
		NotSent:          map[string]int64{},
		Saturated:        o.saturation(never, startedAt),
	}
	if o.dropped > 0 {
		of.NotSent["inFlightCap"] = o.dropped
	}
	if never > 0 {
		of.NotSent["tooLate"] = never
	}
	err := errors.Join(o.meter.Fill(&of), o.tally.fill(&of))
	return report{Report: of}, err
}

func write(path string, line []byte) error {
	var to io.Writer = worker.Stdout
	if path != "" {
		file, err := os.Create(path)
		if err != nil {
			return fmt.Errorf("the report cannot be written: %w", err)
		}
		defer file.Close()
		to = file
	}
	_, err := to.Write(line)
	return err
}
