package flood

import "packetwalk.dev/agent/histogram"

// Report is what a flood did.
type Report struct {
	Engine           string           `json:"engine"`
	Worker           int              `json:"worker"`
	StartedAtUnixMs  int64            `json:"startedAtUnixMs"`
	FinishedAtUnixMs int64            `json:"finishedAtUnixMs"`
	Scheduled        int64            `json:"scheduled"`
	Sent             int64            `json:"sent"`     // all but not-sent
	Outcomes         map[string]int64 `json:"outcomes"` // ok always, others where they happened; they add up to Scheduled
	Reused           int64            `json:"reused"`   // requests on a connection that had served another
	Histograms       Histograms       `json:"histograms"`
	Slices           []Slice          `json:"slices"`
	// StoppedAtMs is when the load was told to end before its time, from its start: nothing was sent from then on.
	StoppedAtMs *int64 `json:"stoppedAtMs,omitempty"`
	// TCP holds how much the kernel's counters of this network namespace grew, and timeWaitAfter,
	// the TIME_WAIT sockets at the end. What this kernel does not count is left out.
	TCP         map[string]int64 `json:"tcp"`
	CPU         CPU              `json:"cpu"`
	BytesRead   int64            `json:"bytesRead"`
	MaxRSSBytes int64            `json:"maxRssBytes"` // of the process
	MaxInFlight int              `json:"maxInFlight"` // as wanted, or less where the limit of open files was lower
	// NotSent says why requests were not sent: inFlightCap (as many in flight as allowed: the target is
	// slow, or the cap too low for the rate), tooLate, noSocket (both the generator's own trouble).
	NotSent map[string]int64 `json:"notSent"`
	// The share of their time that the threads did not rest, over the run and in the busiest second
	// of any one of them.
	BusyShare    float64 `json:"busyShare"`
	BusiestShare float64 `json:"busiestShare"`
	// Saturated holds the reasons why the generator, not the target, was the bottleneck; empty if
	// it was not. See watch.go for how they are told apart.
	Saturated []string `json:"saturated"`
}

const engineName = "flood"

// Histograms are HDR histograms in µs, V2 compressed, base64.
type Histograms struct {
	Latency     string `json:"latency"`     // scheduled instant to end, of all that were sent
	OkLatency   string `json:"okLatency"`   // the same, of those that ended well
	Connect     string `json:"connect"`     // connect(2) to established, of new connections that got so far
	TLS         string `json:"tls"`         // established to the end of the handshake, of those that got so far
	FirstByte   string `json:"firstByte"`   // request written to first byte of the response
	ScheduleLag string `json:"scheduleLag"` // scheduled instant to when the generator got to it, of all
}

// Slice is the fate of the requests that were scheduled in one stretch of time.
type Slice struct {
	AtMs      int64    `json:"atMs"` // its beginning, from the start of the load
	Scheduled int64    `json:"scheduled"`
	Ok        int64    `json:"ok"`
	Failed    int64    `json:"failed"`
	P50Ms     *float64 `json:"p50Ms"` // of those that ended well, null if none did
	P99Ms     *float64 `json:"p99Ms"`
	OkLatency string   `json:"okLatency"`
}

// CPU is what the process used, the kernel's work on its behalf included.
type CPU struct {
	UserMs   float64 `json:"userMs"`
	SystemMs float64 `json:"systemMs"`
}

// fill puts a tally into the report.
func (r *Report) fill(t *tally) error {
	r.Outcomes = map[string]int64{}
	for how, count := range t.outcomes {
		if count > 0 || outcome(how) == ok {
			r.Outcomes[outcomeNames[how]] = count
		}
	}
	r.NotSent = map[string]int64{}
	for why, count := range t.unsent {
		if count > 0 {
			r.NotSent[unsentNames[why]] = count
		}
	}
	if t.stoppedAt > 0 {
		at := t.stoppedAt.Milliseconds()
		r.StoppedAtMs = &at
	}
	r.Reused = t.reused
	r.BytesRead = t.bytesRead
	r.fillSlices(t)
	var err error
	r.Histograms, err = Recorded{
		Latency: &t.latency, OkLatency: &t.okLatency, Connect: &t.connect,
		TLS: &t.tls, FirstByte: &t.firstByte, ScheduleLag: &t.scheduleLag,
	}.Encode()
	return err
}

// Recorded are the histograms of a load as they were recorded.
type Recorded struct {
	Latency, OkLatency, Connect, TLS, FirstByte, ScheduleLag *histogram.Histogram
}

// Encode gives them as a report holds them.
func (r Recorded) Encode() (encoded Histograms, err error) {
	for _, each := range []struct {
		into *string
		from *histogram.Histogram
	}{
		{&encoded.Latency, r.Latency},
		{&encoded.OkLatency, r.OkLatency},
		{&encoded.Connect, r.Connect},
		{&encoded.TLS, r.TLS},
		{&encoded.FirstByte, r.FirstByte},
		{&encoded.ScheduleLag, r.ScheduleLag},
	} {
		if *each.into, err = each.from.Encode(); err != nil {
			return Histograms{}, err
		}
	}
	return encoded, nil
}

// FillLatency writes what the histogram of a slice's good requests says.
func (s *Slice) FillLatency(okLatency *histogram.Histogram) {
	s.P50Ms = okLatency.QuantileMs(0.5)
	s.P99Ms = okLatency.QuantileMs(0.99)
	s.OkLatency = okLatency.EncodePlain()
}

func (r *Report) fillSlices(t *tally) {
	r.Slices = make([]Slice, len(t.slices))
	var okLatency histogram.Histogram
	for i, from := range t.slices {
		okLatency.Reset()
		okLatency.MergeCompact(from.closed)
		r.Slices[i] = Slice{
			AtMs:      int64(i) * t.sliceLength.Milliseconds(),
			Scheduled: from.scheduled,
			Ok:        from.ok,
			Failed:    from.failed,
		}
		r.Slices[i].FillLatency(&okLatency)
		r.Scheduled += from.scheduled
	}
	r.Sent = r.Scheduled - t.outcomes[notSent]
}
