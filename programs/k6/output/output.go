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
	"packetwalk.dev/agent/histogram"
	"packetwalk.dev/k6/worker"
)

// Name is what --out takes.
const Name = "packetwalk"

const (
	engineName         = "k6"
	defaultSliceLength = 250 * time.Millisecond
)

// requiredTags are the system tags without which a request's outcome cannot be told.
var requiredTags = []metrics.SystemTag{metrics.TagStatus, metrics.TagError, metrics.TagErrorCode, metrics.TagURL}

// Output counts requests as k6 hands them over.
type Output struct {
	path  string // "" is stdout
	spec  worker.Spec
	paced bool    // the spec is there, so that it says how many requests there should be
	share float64 // this instance's part of the arrivals, in a test that k6 distributes by execution segments
	meter flood.Meter
	// startedAt is the first intended instant; zero before the first request.
	startedAt time.Time
	shift     time.Duration // from the start that the script knows of to the schedule's own
	last      time.Duration // intended instant of the latest request, from startedAt
	endedAt   time.Time     // of the last request
	tally     *tally
	watch     watch
	dropped   int64 // iterations that k6 had no virtual user for
	capped    int64 // those of them that belong to the schedule
	early     []drop
	live      live
	script    iterations // of a script of the user's
	stopped   stopWatch
}

// drop is a dropped iteration before the first request's end, which tells when the load started; those
// of one ms are counted together.
type drop struct {
	at    time.Time
	count int64
}

var _ output.WithStopWithTestError = &Output{}

// New is called by k6 for --out packetwalk.
func New(params output.Params) (output.Output, error) {
	spec, paced, err := worker.FromEnvironment()
	if err != nil {
		return nil, err
	}
	worker.CheckScript(params.ScriptOptions)
	for _, tag := range requiredTags {
		if enabled := params.ScriptOptions.SystemTags; enabled != nil && !enabled.Has(tag) {
			return nil, fmt.Errorf("the packetwalk output needs the system tag %q, which option systemTags leaves out", tag)
		}
	}
	sliceLength := time.Duration(spec.SliceMs) * time.Millisecond
	if sliceLength == 0 {
		sliceLength = defaultSliceLength
	}
	share := 1.0
	if segment := params.ScriptOptions.ExecutionSegment; segment != nil {
		share = segment.FloatLength()
	}
	return &Output{
		path: params.ConfigArgument, spec: spec, paced: paced, share: share, tally: newTally(sliceLength),
		live: live{length: time.Duration(spec.LiveMs) * time.Millisecond},
	}, nil
}

// Description is what k6 prints of it.
func (o *Output) Description() string {
	if o.path == "" {
		return "packetwalk (report on stdout)"
	}
	return fmt.Sprintf("packetwalk (report in %s)", o.path)
}

// Start is called before k6 initialises its virtual users. Behind a gate, what they cost is not part
// of the load: the meter starts again when it opens.
func (o *Output) Start() (err error) {
	worker.OnStart(func() {
		if again, err := flood.StartMeter(); err == nil {
			o.meter = again
		}
	})
	o.stopped.watch()
	o.meter, err = flood.StartMeter()
	return err
}

// isUsers tells whether the script is one of the user's, which says nothing of its schedule.
func (o *Output) isUsers() bool { return o.spec.Script != nil }

// AddMetricSamples counts at once: that takes about 1 µs a request, and keeping samples takes memory.
func (o *Output) AddMetricSamples(containers []metrics.SampleContainer) {
	if o.startedAt.IsZero() {
		o.begin(containers)
	}
	o.live.turn(o.startedAt, o.tally)
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
			case metrics.IterationDurationName:
				if o.isUsers() {
					o.script.began(o.sinceStart(sample.Time.Add(-milliseconds(sample.Value)), sample.Time))
				}
			}
		}
	}
}

// begin finds the load's start in the first requests that are handed over. Where the script cannot know
// when its schedule began, the promptest of them tells.
func (o *Output) begin(containers []metrics.SampleContainer) {
	if told, gated := worker.StartInstant(); gated && o.isUsers() {
		if !time.Now().Before(told) {
			o.startedAt = told // its first request may come any time later
			o.settleEarly()
		}
		return
	}
	var first []intent
	for _, container := range containers {
		if trail, is := container.(*httpext.Trail); is && isLoad(trail) {
			first = append(first, readIntent(trail, readPhases(trail)))
		}
	}
	for i, each := range first {
		if each.floating && (i == 0 || each.lag < o.shift) {
			o.shift = each.lag
		}
		if o.startedAt.IsZero() || each.scheduledAt.Before(o.startedAt) {
			o.startedAt = each.scheduledAt
		}
	}
	if len(first) > 0 {
		o.startedAt = o.startedAt.Add(o.shift)
	}
	o.settleEarly()
}

// settleEarly counts the early drops as soon as it is known when the load started.
func (o *Output) settleEarly() {
	if o.startedAt.IsZero() {
		return
	}
	for _, each := range o.early {
		o.countDropped(each)
	}
	o.early = nil
}

func isLoad(trail *httpext.Trail) bool {
	group, _ := trail.Tags.Get("group")
	return group != "::setup" && group != "::teardown"
}

func (o *Output) count(trail *httpext.Trail) {
	phases := readPhases(trail)
	intent := readIntent(trail, phases).shifted(o.shift)
	if o.dropped > 0 {
		// k6 does not number the iterations that it dropped, so that scripts cannot tell any more which
		// arrival an iteration is: from here on a request's begin stands for its intended instant.
		intent = intent.asBegun()
		if o.paced && !o.isUsers() && intent.scheduledAt.Sub(o.startedAt) > o.spec.Duration()+lateLimit {
			return // the iteration came after the schedule's end
		}
	}
	request := readRequest(trail)
	how := request.outcome()
	if o.isUsers() {
		o.script.asked(trail, request, o.sinceStart(intent.scheduledAt, trail.EndTime))
	}
	at := o.sinceStart(intent.scheduledAt, trail.EndTime)
	o.last = max(o.last, at)
	if trail.EndTime.After(o.endedAt) {
		o.endedAt = trail.EndTime
	}
	o.tally.finish(at, how, intent.latency(trail, phases, how == ok))
	recordPhase(&o.tally.connect, phases.connect)
	recordPhase(&o.tally.tls, phases.tls)
	recordPhase(&o.tally.firstByte, phases.firstByte)
	if trail.ConnReused {
		o.tally.reused++
	}
	if intent.known {
		o.tally.scheduleLag.Record(intent.lag)
		o.live.late(intent.lag)
		o.watch.began(at, intent.lag)
	}
}

// recordPhase leaves out phases that the request did not get to the end of.
func recordPhase(into *histogram.Histogram, took time.Duration) {
	if took > 0 {
		into.Record(took)
	}
}

// drop counts an iteration for which k6 had no virtual user left.
func (o *Output) drop(sample metrics.Sample) {
	count := int64(sample.Value)
	o.dropped += count
	if !o.startedAt.IsZero() {
		o.countDropped(drop{sample.Time, count})
	} else if last := len(o.early) - 1; last >= 0 && sample.Time.Sub(o.early[last].at) < time.Millisecond {
		o.early[last].count += count
	} else {
		o.early = append(o.early, drop{sample.Time, count})
	}
}

// countDropped leaves out what came after the end of what was planned.
func (o *Output) countDropped(dropped drop) {
	at := o.sinceStart(dropped.at, dropped.at)
	if o.paced && at >= o.spec.Duration() {
		return
	}
	o.neverSent(at, dropped.count)
	o.script.dropped(at, dropped.count)
	o.capped += dropped.count
}

func (o *Output) neverSent(at time.Duration, count int64) {
	for range count {
		o.tally.finish(at, notSent, 0)
	}
}

// sinceStart keeps an instant within the run, whatever a script may say.
func (o *Output) sinceStart(at, end time.Time) time.Duration {
	if o.startedAt.IsZero() {
		return 0
	}
	return max(min(at.Sub(o.startedAt), end.Sub(o.startedAt)), 0)
}

// Stop is not called by k6: StopWithTestError is.
func (o *Output) Stop() error { return o.StopWithTestError(nil) }

// StopWithTestError writes the report; with an error the run was stopped early.
func (o *Output) StopWithTestError(stopped error) error {
	o.stopped.learn(stopped)
	written, err := o.finalReport(stopped != nil)
	o.live.end(o.tally) // before the report, with which a worker's output ends
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
	Iterations   *int64   `json:"iterations,omitempty"` // that ended, of a script of the user's: its rate is in them
}

func (o *Output) report(stoppedEarly bool) (report, error) {
	if o.startedAt.IsZero() && len(o.early) > 0 {
		o.startedAt = o.early[0].at
		o.settleEarly()
	}
	never := o.neverBegun(stoppedEarly)
	o.neverSent(o.last, never)
	startedAt, finishedAt := o.startedAt, o.endedAt
	if startedAt.IsZero() { // no request was seen
		startedAt = time.Now()
	}
	if finishedAt.IsZero() {
		finishedAt = startedAt
	}
	of := flood.Report{
		Engine:           engineName,
		Worker:           o.spec.Worker,
		StartedAtUnixMs:  startedAt.UnixMilli(),
		FinishedAtUnixMs: finishedAt.UnixMilli(),
		MaxInFlight:      o.spec.MaxInFlight,
		NotSent:          map[string]int64{},
		Saturated:        o.saturation(never, startedAt),
		StoppedAtMs:      o.stopped.since(startedAt),
	}
	if o.capped > 0 {
		of.NotSent["inFlightCap"] = o.capped
	}
	if never > 0 {
		of.NotSent["tooLate"] = never
	}
	err := errors.Join(o.meter.Fill(&of), o.tally.fill(&of))
	whole := report{Report: of}
	if o.isUsers() {
		whole.Iterations = &o.script.ended
	}
	return whole, err
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
