// Package flood drives HTTP requests at scheduled instants, each on a TCP connection of its own
// unless told to keep some: an open model, in which a slow target does not slow the load down. One thread with one epoll
// instance and no memory allocation per request drives thousands of connections a second.
package flood

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"packetwalk.dev/agent/periods"
)

// Spec is what to do, as JSON. Durations are in ms, rates in requests per second.
type Spec struct {
	Worker int    `json:"worker"` // which of several generators this is; makes its arrivals differ
	Target Target `json:"target"`
	Method string `json:"method"` // default GET
	// Headers replace User-Agent and Accept, or are sent beside them.
	Headers     map[string]string `json:"headers"`
	Body        string            `json:"body"`
	Stages      []Stage           `json:"stages"`
	Arrivals    Arrivals          `json:"arrivals"` // default constant
	Seed        uint64            `json:"seed"`
	TimeoutMs   int               `json:"timeoutMs"`   // of a request, from its scheduled instant
	MaxInFlight int               `json:"maxInFlight"` // requests beyond it end as not-sent; the limit of open files bounds it too
	// KeepAliveRatio (0…1) is the share of connections that are kept for a later request when their
	// response is complete and allows it. A request takes a kept connection where there is one, so
	// that this is the share of requests on reused connections too.
	KeepAliveRatio float64 `json:"keepAliveRatio"`
	// SourceAddresses are local IP addresses that connections come from in turn; none: the kernel's choice.
	SourceAddresses []string `json:"sourceAddresses"`
	TLS             *TLS     `json:"tls"`           // none: plain HTTP
	CloseWith       Close    `json:"closeWith"`     // default fin
	Expect          []int    `json:"expect"`        // statuses that are good; none: those below 400
	LiveMs          int      `json:"liveMs"`        // length of the periods that are told of while it runs; 0: none
	SliceMs         int      `json:"sliceMs"`       // length of the report's time slices
	GateTimeoutMs   int      `json:"gateTimeoutMs"` // for the caller, who says when to start
	Threads         int      `json:"threads"`       // OS threads that share the load; default 1
}

// OfWorker says which worker the spec is for, where it does not say so itself.
func (s *Spec) OfWorker(number int) { s.Worker = cmp.Or(s.Worker, number) }

// GateTimeout is how long to wait for the start, 0 where the spec does not say.
func (s *Spec) GateTimeout() time.Duration { return time.Duration(s.GateTimeoutMs) * time.Millisecond }

// Target is where requests go.
type Target struct {
	Address string `json:"address"` // IP:port; names are not looked up
	Host    string `json:"host"`    // Host header; default the address
	Path    string `json:"path"`    // default /
}

// TLS says how connections are encrypted: HTTP/1.1 over TLS 1.2 or 1.3.
type TLS struct {
	ServerName         string `json:"serverName"` // default the target's host
	CAPem              string `json:"caPem"`      // trusted certificates; default the system's
	InsecureSkipVerify bool   `json:"insecureSkipVerify"`
	Resume             bool   `json:"resume"` // sessions; otherwise each new connection makes a full handshake
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
	keepAlive   float64
	sources     []netip.Addr
	tls         *tls.Config
	reset       bool
	expect      *expected // nil: by their class
	live        time.Duration
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
		keepAlive:   s.KeepAliveRatio,
		reset:       s.CloseWith == CloseRST,
		live:        time.Duration(s.LiveMs) * time.Millisecond,
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
	if p.sources, err = s.sources(p.target); err != nil {
		return p, err
	}
	if p.tls, err = s.tlsConfig(); err != nil {
		return p, err
	}
	if p.expect, err = expect(s.Expect); err != nil {
		return p, err
	}
	return p, errors.Join(s.checkStages(), s.checkLimits(p))
}

func (s Spec) sources(target netip.AddrPort) ([]netip.Addr, error) {
	var sources []netip.Addr
	for _, text := range s.SourceAddresses {
		source, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("sourceAddresses: %q is not an IP address", text)
		}
		source = source.Unmap()
		if source.Is4() != target.Addr().Is4() {
			return nil, fmt.Errorf("sourceAddresses: %s cannot reach %s: one is IPv4, the other IPv6", source, target.Addr())
		}
		sources = append(sources, source)
	}
	return sources, nil
}

func (s Spec) tlsConfig() (*tls.Config, error) {
	if s.TLS == nil {
		return nil, nil
	}
	name := s.TLS.ServerName
	if name == "" {
		name = orDefault(s.Target.Host, s.Target.Address)
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
	}
	config := &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: s.TLS.InsecureSkipVerify,
		NextProtos:         []string{"http/1.1"},
	}
	if s.TLS.CAPem != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(s.TLS.CAPem)) {
			return nil, errors.New("tls.caPem holds no certificate")
		}
	}
	if s.TLS.Resume {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return config, nil
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
	case !(s.KeepAliveRatio >= 0 && s.KeepAliveRatio <= 1):
		return errors.New("keepAliveRatio must be from 0 to 1")
	case p.slice <= 0 || total(s.Stages)/p.slice >= mostSlices:
		return fmt.Errorf("sliceMs must be positive and cut the run into fewer than %d slices", mostSlices)
	case p.threads > mostThreads:
		return fmt.Errorf("threads must be at most %d", mostThreads)
	case p.arrivals != Constant && p.arrivals != Poisson:
		return fmt.Errorf("arrivals is %s or %s, not %q", Constant, Poisson, s.Arrivals)
	case s.CloseWith != "" && s.CloseWith != CloseFIN && s.CloseWith != CloseRST:
		return fmt.Errorf("closeWith is %s or %s, not %q", CloseFIN, CloseRST, s.CloseWith)
	}
	return periods.Validate(s.LiveMs)
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
