package worker

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"packetwalk.dev/agent/flood"
)

// Script says how a script of the user's is run, of which not a letter is changed: k6 begins its default
// function at the spec's arrivals, and it reaches the hosts that are named here.
type Script struct {
	Hosts          []string          `json:"hosts"`          // NAME:PORT or IPv4:PORT
	Public         bool              `json:"public"`         // whether they may have public addresses
	Env            map[string]string `json:"env"`            // all that it finds in __ENV
	NewConnections bool              `json:"newConnections"` // each request opens one; else virtual users keep theirs
	MostPerSecond  int               `json:"mostPerSecond"`  // HTTP requests, whatever the script does
}

// validate also checks the rest of a script's spec, which has no target of its own.
func (s Script) validate(spec flood.Spec) error {
	if len(s.Hosts) == 0 {
		return errors.New("script.hosts is empty")
	}
	for _, each := range s.Hosts {
		_, port, err := net.SplitHostPort(each)
		if number, bad := strconv.Atoi(port); err != nil || bad != nil || number < 1 || number > 65535 {
			return fmt.Errorf("script.hosts: %q is not NAME:PORT", each)
		}
	}
	if s.MostPerSecond <= 0 {
		return errors.New("script.mostPerSecond must be positive")
	}
	if spec.Arrivals == flood.Poisson {
		return errors.New("arrivals is poisson, and k6's are even")
	}
	spec.Target.Address = "192.0.2.1:80" // that there is none is no fault
	return spec.Validate()
}

const (
	scenarioName = "packetwalk"
	// timeUnitS: k6's rates are whole numbers, so that over this long they are exact to 0.001/s.
	timeUnitS = 1000
	// mostPreAllocatedVUs stand ready before the load; the rest is made when it is needed, which takes a while.
	mostPreAllocatedVUs = 1000
	// nowhere is where a name leads that the plan does not have. Nobody has this address, and it is blocked.
	nowhere = "0.0.0.0"
)

// config is k6's, as "k6 run --config" takes it.
type config struct {
	Scenarios map[string]scenario `json:"scenarios"`
	Hosts     map[string]string   `json:"hosts"`
}

type scenario struct {
	Executor        string  `json:"executor"`
	StartTime       string  `json:"startTime"`
	StartRate       int64   `json:"startRate"`
	TimeUnit        string  `json:"timeUnit"`
	Stages          []stage `json:"stages"`
	PreAllocatedVUs int     `json:"preAllocatedVUs"`
	MaxVUs          int     `json:"maxVUs"`
	GracefulStop    string  `json:"gracefulStop"`
}

type stage struct {
	Target   int64  `json:"target"`
	Duration string `json:"duration"`
}

// scenarioOf begins an iteration of the default function at each of the spec's arrivals.
func scenarioOf(spec flood.Spec) scenario {
	of := scenario{
		Executor:     "ramping-arrival-rate",
		StartRate:    wholeRate(spec.Stages[0].FromPerSecond),
		TimeUnit:     fmt.Sprintf("%ds", timeUnitS),
		MaxVUs:       spec.MaxInFlight,
		GracefulStop: fmt.Sprintf("%dms", spec.TimeoutMs+1000),
	}
	peak := 0.0
	for _, each := range spec.Stages {
		peak = max(peak, each.FromPerSecond, each.ToPerSecond)
		of.Stages = append(of.Stages,
			stage{wholeRate(each.FromPerSecond), "0s"}, // k6 goes on from the stage before, and a stage of no length jumps
			stage{wholeRate(each.ToPerSecond), fmt.Sprintf("%dms", each.DurationMs)},
		)
	}
	inFlight := int(math.Ceil(peak * (float64(spec.TimeoutMs)/1000 + 1)))
	of.PreAllocatedVUs = min(max(inFlight, 1), mostPreAllocatedVUs, spec.MaxInFlight)
	of.StartTime = fmt.Sprintf("%dus", phaseUs(spec.Worker, peak))
	return of
}

func wholeRate(perSecond float64) int64 { return int64(math.Round(perSecond * timeUnitS)) }

// phaseUs lays several workers' arrivals between each other's, by the golden ratio's multiples.
func phaseUs(worker int, perSecond float64) int64 {
	if perSecond <= 0 {
		return 0
	}
	_, part := math.Modf(float64(worker) * 0.618_033_988_75)
	return int64(part * min(1e6/perSecond, 1e5))
}

// hostsOf is k6's table of names, in which the hosts have their addresses and everything else leads
// nowhere: k6 asks no resolver any more. An address that the script itself writes is looked up here, too.
func hostsOf(found map[string]netip.AddrPort) map[string]string {
	hosts := map[string]string{"*": nowhere}
	for name, address := range found {
		hosts[name] = address.String()
		if address.Addr().Is4() {
			hosts[address.String()] = address.String()
		}
	}
	return hosts
}

// allBut gives the networks that hold every address but these.
func allBut(addresses []netip.Addr) []netip.Prefix {
	var blocked []netip.Prefix
	for _, whole := range []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")} {
		blocked = append(blocked, without(whole, addresses)...)
	}
	return blocked
}

func without(network netip.Prefix, addresses []netip.Addr) []netip.Prefix {
	switch {
	case !slices.ContainsFunc(addresses, network.Contains):
		return []netip.Prefix{network}
	case network.IsSingleIP():
		return nil
	}
	lower := netip.PrefixFrom(network.Addr(), network.Bits()+1)
	bytes := network.Addr().AsSlice()
	bytes[network.Bits()/8] |= 0x80 >> (network.Bits() % 8)
	upper, _ := netip.AddrFromSlice(bytes)
	return append(without(lower, addresses), without(netip.PrefixFrom(upper, lower.Bits()), addresses)...)
}
