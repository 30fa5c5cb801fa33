package chain

import (
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/histogram"
)

// Report is what a worker did: what every load's worker says, and what the chain's hops took.
type Report struct {
	flood.Report
	Resolver string `json:"resolver"`
	Depth    int    `json:"depth"`
	Hops     []Hop  `json:"hops"` // from the first one called
	// Requests are those that ended well: all of the chain's look-ups, and the whole from the scheduled
	// instant, in ms.
	Requests   []Request `json:"requests"`
	ResolvConf string    `json:"resolvConf"` // of the worker; the hops' is their pods'
}

// Hop is what it took to find and call one hop, over all requests that got there.
type Hop struct {
	Hop      int              `json:"hop"`
	Outcomes map[string]int64 `json:"outcomes"`
	DNS      string           `json:"dns"` // HDR histograms in µs, base64: the look-up,
	Own      string           `json:"own"` // and its call without what lies behind it, of those that ended well
}

// Request is how long one request took, and its share of DNS.
type Request struct {
	DNSMs   float64 `json:"dnsMs"`
	TotalMs float64 `json:"totalMs"`
}

const engineName = "chain"

// hops collects what hops took.
type hops []hop

type hop struct {
	outcomes map[string]int64
	dns, own histogram.Histogram
}

func newHops(depth int) hops {
	made := make(hops, depth)
	for i := range made {
		made[i].outcomes = map[string]int64{}
	}
	return made
}

// add counts the steps of one request.
func (h hops) add(steps []Step) {
	for i, step := range steps {
		if step.Hop < 1 || step.Hop > len(h) {
			continue
		}
		hop := &h[step.Hop-1]
		hop.outcomes[step.Outcome]++
		hop.dns.Record(duration(step.DNSMs))
		if step.Outcome != ok {
			continue
		}
		own := step.CallMs
		if i+1 < len(steps) {
			own -= steps[i+1].DNSMs + steps[i+1].CallMs
		}
		hop.own.Record(duration(own))
	}
}

func (h hops) report() (reported []Hop, err error) {
	for i := range h {
		one := Hop{Hop: i + 1, Outcomes: h[i].outcomes}
		if one.DNS, err = h[i].dns.Encode(); err != nil {
			return nil, err
		}
		if one.Own, err = h[i].own.Encode(); err != nil {
			return nil, err
		}
		reported = append(reported, one)
	}
	return reported, nil
}

// outcomeOf tells how a request ended. At most one step failed: whoever made it answered all the same.
func outcomeOf(steps []Step, depth int) string {
	for _, step := range steps {
		if step.Outcome != ok {
			return step.Outcome
		}
	}
	if len(steps) < depth {
		return callFailed
	}
	return ok
}

func dnsMs(steps []Step) (sum float64) {
	for _, step := range steps {
		sum += step.DNSMs
	}
	return sum
}

func duration(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
