package lookups

import (
	"fmt"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

// Report is what a worker did: what every load's worker says, and what became of each kind of name.
type Report struct {
	flood.Report
	Found
}

// Found is what a resolver gave, under the configuration that it had.
type Found struct {
	Resolver   string   `json:"resolver"`
	Lookups    []Lookup `json:"lookups"` // by name, as in the spec
	ResolvConf string   `json:"resolvConf"`
}

// Lookup is what became of the look-ups of one name.
type Lookup struct {
	Name
	Family     string            `json:"family"` // both: A and AAAA
	Scheduled  int64             `json:"scheduled"`
	Outcomes   map[Outcome]int64 `json:"outcomes"`   // ok always, others where they happened; they add up to Scheduled
	Latency    string            `json:"latency"`    // HDR histogram in µs, base64: scheduled instant to end, of all that were sent
	Over4900Ms int64             `json:"over4900Ms"` // look-ups that met the resolver's timeout at least once, ended well or not
}

const engineName = "lookups"

func (t *tally) lookups(names []Name) ([]Lookup, error) {
	lookups := make([]Lookup, len(names))
	for i, from := range t.kinds {
		latency, err := from.latency.Encode()
		if err != nil {
			return nil, err
		}
		lookups[i] = Lookup{
			Name: names[i], Family: "both", Scheduled: from.scheduled,
			Outcomes: from.outcomes, Latency: latency, Over4900Ms: from.stalls,
		}
	}
	return lookups, nil
}

// fill puts what was counted into the report.
func (r *Report) fill(t *tally, names []Name) error {
	r.Engine = engineName
	r.Scheduled = t.scheduled()
	r.Outcomes = t.outcomes()
	r.Sent = r.Scheduled - r.Outcomes[string(NotSent)]
	r.NotSent = map[string]int64{}
	r.Saturated = []string{}
	if unsent := r.Outcomes[string(NotSent)]; unsent > 0 {
		r.NotSent["inFlightCap"] = unsent
	}
	// As flood judges it: a generator that most of the time was late was the bottleneck itself.
	if 2*t.late > r.Scheduled {
		r.Saturated = append(r.Saturated, fmt.Sprintf("%d of %d look-ups began more than %v late", t.late, r.Scheduled, lateLimit))
	}
	r.Slices = t.reportSlices()
	var err error
	if r.Lookups, err = t.lookups(names); err != nil {
		return err
	}
	var none histogram.Histogram
	r.Histograms, err = flood.Recorded{
		Latency: &t.latency, OkLatency: &t.okLatency, ScheduleLag: &t.scheduleLag,
		Connect: &none, TLS: &none, FirstByte: &none,
	}.Encode()
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
