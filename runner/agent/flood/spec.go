// Package flood drives HTTP requests at scheduled instants, each on a TCP connection of its own:
// an open model, in which a slow target does not slow the load down. One thread with one epoll
// instance and no memory allocation per request drives thousands of connections a second.
package flood

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Spec is what to do, as JSON. Durations are in ms, rates in requests per second.
type Spec struct {
	Worker        int      `json:"worker"` // which of several generators this is; makes its arrivals differ
	Target        Target   `json:"target"`
	Method        string   `json:"method"` // GET, or another that needs no body; default GET
	Stages        []Stage  `json:"stages"`
	Arrivals      Arrivals `json:"arrivals"` // default constant
	Seed          uint64   `json:"seed"`
	TimeoutMs     int      `json:"timeoutMs"`     // of a request, from its scheduled instant
	MaxInFlight   int      `json:"maxInFlight"`   // requests beyond it end as not-sent; the limit of open files bounds it too
	CloseWith     Close    `json:"closeWith"`     // default fin
	SliceMs       int      `json:"sliceMs"`       // length of the report's time slices
	GateTimeoutMs int      `json:"gateTimeoutMs"` // for the caller, who says when to start
	Threads       int      `json:"threads"`       // OS threads that share the load; default 1
}

// Target is where requests go.
type Target struct {
	Address string `json:"address"` // IP:port; names are not looked up
	Host    string `json:"host"`    // Host header; default the address
	Path    string `json:"path"`    // default /
}

// Stage is a stretch of time over which the rate moves linearly.
type Stage struct {
	DurationMs    int     `json:"durationMs"`
	FromPerSecond float64 `json:"fromPerSecond"`
	ToPerSecond   float64 `json:"toPerSecond"`
}

// Arrivals says how the instants of requests lie around the rate.
type Arrivals string

const (
	Constant Arrivals = "constant" // evenly
	Poisson  Arrivals = "poisson"  // independently of each other
)

// Close says how the client closes a connection when it has its response.
type Close string

const (
	// CloseFIN is what clients do: they close first and keep the TIME_WAIT.
	CloseFIN Close = "fin"
	// CloseRST aborts (SO_LINGER 0), which leaves no TIME_WAIT anywhere.
	CloseRST Close = "rst"
)

const (
	longestTimeoutMs = 120_000 // within the histograms' range
	defaultSliceMs   = 250
	mostThreads      = 64
	mostSlices       = 1 << 20
)

// plan is a Spec that was checked.
type plan struct {
	worker      int
	target      netip.AddrPort
	request     []byte
	headOnly    bool // responses have no body
	stages      []Stage
	arrivals    Arrivals
	seed        uint64
	timeout     time.Duration
	maxInFlight int
	reset       bool
	slice       time.Duration
	threads     int
}

func (s Spec) plan() (plan, error) {
	p := plan{
		worker:      s.Worker,
		headOnly:    s.Method == http.MethodHead,
		stages:      s.Stages,
		arrivals:    Arrivals(orDefault(string(s.Arrivals), string(Constant))),
		seed:        s.Seed,
		timeout:     time.Duration(s.TimeoutMs) * time.Millisecond,
		maxInFlight: s.MaxInFlight,
		reset:       s.CloseWith == CloseRST,
		slice:       time.Duration(s.SliceMs) * time.Millisecond,
		threads:     max(s.Threads, 1),
	}
	if s.SliceMs == 0 {
		p.slice = defaultSliceMs * time.Millisecond
	}
	address, err := netip.ParseAddrPort(s.Target.Address)
	if err != nil {
		return p, fmt.Errorf("target.address %q is not IP:port", s.Target.Address)
	}
	p.target = netip.AddrPortFrom(address.Addr().Unmap(), address.Port())
	if p.request, err = s.request(); err != nil {
		return p, err
	}
	return p, errors.Join(s.checkStages(), s.checkLimits(p))
}

func (s Spec) checkStages() error {
	if len(s.Stages) == 0 {
		return errors.New("stages is empty")
	}
	for i, stage := range s.Stages {
		if stage.DurationMs <= 0 || !(stage.FromPerSecond >= 0) || !(stage.ToPerSecond >= 0) {
			return fmt.Errorf("stages[%d] needs a positive durationMs and rates that are not negative", i)
		}
	}
	return nil
}

func (s Spec) checkLimits(p plan) error {
	switch {
	case s.TimeoutMs <= 0 || s.TimeoutMs > longestTimeoutMs:
		return fmt.Errorf("timeoutMs must be from 1 to %d", longestTimeoutMs)
	case s.MaxInFlight <= 0:
		return errors.New("maxInFlight must be positive")
	case p.slice <= 0 || total(s.Stages)/p.slice >= mostSlices:
		return fmt.Errorf("sliceMs must be positive and cut the run into fewer than %d slices", mostSlices)
	case p.threads > mostThreads:
		return fmt.Errorf("threads must be at most %d", mostThreads)
	case p.arrivals != Constant && p.arrivals != Poisson:
		return fmt.Errorf("arrivals is %s or %s, not %q", Constant, Poisson, s.Arrivals)
	case s.CloseWith != "" && s.CloseWith != CloseFIN && s.CloseWith != CloseRST:
		return fmt.Errorf("closeWith is %s or %s, not %q", CloseFIN, CloseRST, s.CloseWith)
	}
	return nil
}

// request renders the bytes that every connection sends. Without a Connection header, HTTP/1.1
// keeps the connection open, so that closing is up to the client.
func (s Spec) request() ([]byte, error) {
	method := orDefault(s.Method, http.MethodGet)
	path := orDefault(s.Target.Path, "/")
	host := orDefault(s.Target.Host, s.Target.Address)
	for _, part := range []string{method, path, host} {
		if strings.ContainsAny(part, " \r\n\t") {
			return nil, fmt.Errorf("%q does not fit into a request's head", part)
		}
	}
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: packetwalk\r\nAccept: */*\r\n", method, path, host)
	if method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		head += "Content-Length: 0\r\n"
	}
	return []byte(head + "\r\n"), nil
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func total(stages []Stage) time.Duration {
	ms := 0
	for _, stage := range stages {
		ms += stage.DurationMs
	}
	return time.Duration(ms) * time.Millisecond
}
