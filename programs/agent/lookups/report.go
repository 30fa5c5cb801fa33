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
	Failed     []FailedLookup    `json:"failed"`     // each that was sent and did not end as its name deserves; mostFailed at most
}

// FailedLookup says when a look-up was under way that ended badly, so that it can be held against what
// servers counted meanwhile.
type FailedLookup struct {
	Outcome Outcome `json:"outcome"` // as whoever wanted it sees it
	AtMs    float64 `json:"atMs"`    // when it was due, since the load's start
	TookMs  float64 `json:"tookMs"`  // from there
}

// mostFailed keeps a report's size bounded.
const mostFailed = 10_000

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
	return &counts{Lookup: Lookup{Name: name, Family: "both", Outcomes: map[Outcome]int64{OK: 0}, Failed: []FailedLookup{}}}
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

// endedAt counts how a look-up of a load ended, and keeps it if that was badly.
func (c *counts) endedAt(at time.Duration, how Outcome, took time.Duration) {
	c.ended(how, took)
	judged := c.judged(how)
	if judged == OK || judged == NotSent || len(c.Failed) >= mostFailed {
		return
	}
	c.Failed = append(c.Failed, FailedLookup{judged, milliseconds(at), milliseconds(took)})
}

func (c *counts) report() (Lookup, error) {
	var err error
	c.Latency, err = c.latency.Encode()
	return c.Lookup, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
