package lookups

import (
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

// Report is what a worker did: what every load's worker says, and what became of each name.
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
	Over4900Ms int64             `json:"over4900Ms"` // look-ups that took about a resolver's default timeout or longer, however they ended
}

const (
	engineName = "lookups"
	stall      = 4900 * time.Millisecond
)

// counts are those of one name.
type counts struct {
	Lookup
	latency histogram.Histogram
}

func newCounts(name Name) *counts {
	return &counts{Lookup: Lookup{Name: name, Family: "both", Outcomes: map[Outcome]int64{OK: 0}}}
}

// ended counts how a look-up ended.
func (c *counts) ended(how Outcome, took time.Duration) {
	c.Scheduled++
	c.Outcomes[how]++
	if how == NotSent {
		return
	}
	c.latency.Record(took)
	if took >= stall {
		c.Over4900Ms++
	}
}

func (c *counts) report() (Lookup, error) {
	var err error
	c.Latency, err = c.latency.Encode()
	return c.Lookup, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
