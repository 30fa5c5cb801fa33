package extension

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/grafana/sobek"
	"go.k6.io/k6/js/common"
	"go.k6.io/k6/lib"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/k6/worker"
)

const (
	defaultTimeoutMs = 10_000
	defaultSliceMs   = 1000
)

// options is what a script passes to flood(): the flood's own spec, except that the target is a URL
// and the schedule is what packetwalk's runner/load/schedule makes.
type options struct {
	Target   string   `json:"target"`
	Host     string   `json:"host"`
	Schedule schedule `json:"schedule"`
	flood.Spec
}

type schedule struct {
	Stages   []stage        `json:"stages"`
	Arrivals flood.Arrivals `json:"arrivals"`
}

// stage may last a fraction of a ms, as one minute of traffic at seven times its speed does.
type stage struct {
	DurationMs    float64 `json:"durationMs"`
	FromPerSecond float64 `json:"fromPerSecond"`
	ToPerSecond   float64 `json:"toPerSecond"`
}

// belongElsewhere are fields of flood.Spec that have another place in a script.
var belongElsewhere = map[string]string{
	"stages":        "schedule.stages",
	"arrivals":      "schedule.arrivals",
	"worker":        "one virtual user per flood, each of which draws its own arrivals",
	"gateTimeoutMs": "k6's --paused",
}

// parseOptions reads a script's argument; its errors name the field.
func parseOptions(argument sobek.Value, runtime *sobek.Runtime) (options, error) {
	var parsed options
	if common.IsNullish(argument) {
		return parsed, errors.New("flood() needs an object with at least target and schedule")
	}
	text, err := argument.ToObject(runtime).MarshalJSON()
	if err != nil {
		return parsed, fmt.Errorf("flood(): the options cannot be read: %w", err)
	}
	if err := refuseNulls(text); err != nil {
		return parsed, err
	}
	if err := refuseMisplaced(text); err != nil {
		return parsed, err
	}
	input := json.NewDecoder(bytes.NewReader(text))
	input.DisallowUnknownFields()
	if err := input.Decode(&parsed); err != nil {
		return parsed, fmt.Errorf("flood(): %s", inWords(err))
	}
	return parsed, nil
}

// refuseNulls finds what JSON cannot hold: NaN and Infinity arrive as null, and null as 0.
func refuseNulls(text []byte) error {
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	if path, found := findNull(document, ""); found {
		return fmt.Errorf("flood(): %s is null or not a finite number", strings.TrimPrefix(path, "."))
	}
	return nil
}

func findNull(value any, path string) (string, bool) {
	switch value := value.(type) {
	case nil:
		return path, true
	case map[string]any:
		for name, each := range value {
			if found, is := findNull(each, path+"."+name); is {
				return found, true
			}
		}
	case []any:
		for i, each := range value {
			if found, is := findNull(each, fmt.Sprintf("%s[%d]", path, i)); is {
				return found, true
			}
		}
	}
	return "", false
}

func refuseMisplaced(text []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return errors.New("flood() takes one object with its options")
	}
	for name, place := range belongElsewhere {
		if _, is := fields[name]; is {
			return fmt.Errorf("flood(): %s is not an option; use %s", name, place)
		}
	}
	return nil
}

func inWords(err error) string {
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return fmt.Sprintf("%s is a %s, not %s", strings.TrimPrefix(wrongType.Field, "Spec."), wrongType.Value, kindInWords(wrongType))
	case errors.Is(err, io.EOF):
		return "the options are empty"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

func kindInWords(err *json.UnmarshalTypeError) string {
	switch kind := err.Type.Kind().String(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "a whole number"
	case strings.HasPrefix(kind, "float"):
		return "a number"
	case kind == "slice":
		return "a list"
	case kind == "struct", kind == "map", kind == "ptr":
		return "an object"
	default:
		return "a " + kind
	}
}

// spec turns the options into what the flood takes, for this virtual user.
//
// The target's host may be a name: it is resolved once, before the load, by k6's own rules (options
// hosts, dns, blockHostnames, blacklistIPs), because resolving is not part of what a flood measures.
func (o options) spec(state *lib.State) (flood.Spec, error) {
	spec := o.Spec
	target, err := parseTarget(o.Target)
	if err != nil {
		return spec, err
	}
	address, err := resolve(target, state)
	if err != nil {
		return spec, err
	}
	spec.Target = flood.Target{Address: address, Host: cmp.Or(o.Host, target.Host), Path: target.RequestURI()}
	if spec.TLS, err = o.encryption(target); err != nil {
		return spec, err
	}
	spec.Stages, err = o.Schedule.roundedStages()
	if err != nil {
		return spec, err
	}
	spec.Arrivals = o.Schedule.Arrivals
	spec.Worker = int(state.VUIDGlobal) // counts on over the instances of a distributed test: no two floods draw the same arrivals
	// As one of packetwalk's load workers, it is told which.
	if told, is, err := worker.FromEnvironment(); err != nil {
		return spec, err
	} else if is {
		spec.Worker, spec.SliceMs = told.Worker, told.SliceMs
	}
	spec.TimeoutMs = cmp.Or(spec.TimeoutMs, defaultTimeoutMs)
	spec.SliceMs = cmp.Or(spec.SliceMs, defaultSliceMs)
	spec.MaxInFlight = cmp.Or(spec.MaxInFlight, roomFor(spec.Stages, spec.TimeoutMs))
	if err := spec.Validate(); err != nil {
		return spec, fmt.Errorf("flood(): %w", err)
	}
	return spec, nil
}

func parseTarget(text string) (*url.URL, error) {
	if text == "" {
		return nil, errors.New(`flood(): target is missing; it is a URL such as "http://10.0.0.1:8080/path"`)
	}
	target, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("flood(): target %q is not a URL", text)
	case target.Scheme != "http" && target.Scheme != "https":
		return nil, fmt.Errorf("flood(): target %q is neither an http:// nor an https:// URL", text)
	case target.Hostname() == "":
		return nil, fmt.Errorf("flood(): target %q has no host", text)
	case target.User != nil || target.Fragment != "":
		return nil, fmt.Errorf("flood(): target %q: a user or a fragment has no place in a flood's URL", text)
	}
	return target, nil
}

// encryption is what the URL's scheme says, refined by option tls.
func (o options) encryption(target *url.URL) (*flood.TLS, error) {
	switch {
	case target.Scheme == "http" && o.TLS != nil:
		return nil, fmt.Errorf("flood(): tls is for https, and target %q is http", o.Target)
	case target.Scheme == "http":
		return nil, nil
	}
	encryption := flood.TLS{ServerName: target.Hostname()}
	if o.TLS != nil {
		encryption = *o.TLS
		encryption.ServerName = cmp.Or(encryption.ServerName, target.Hostname())
	}
	return &encryption, nil
}

func resolve(target *url.URL, state *lib.State) (string, error) {
	port := cmp.Or(target.Port(), map[string]string{"http": "80", "https": "443"}[target.Scheme])
	resolver := state.GetAddrResolver()
	if resolver == nil {
		return "", errors.New("flood(): this k6 offers no name resolution")
	}
	ip, resolvedPort, err := resolver.ResolveAddr(net.JoinHostPort(target.Hostname(), port))
	if err != nil {
		return "", fmt.Errorf("flood(): target %s: %w", target.Host, err)
	}
	address, valid := netip.AddrFromSlice(ip)
	if !valid {
		return "", fmt.Errorf("flood(): target %s was resolved to no address", target.Host)
	}
	return netip.AddrPortFrom(address.Unmap(), uint16(resolvedPort)).String(), nil
}

// roundedStages gives stages of whole ms, whose sum is not off by more than one.
func (s schedule) roundedStages() ([]flood.Stage, error) {
	stages := make([]flood.Stage, 0, len(s.Stages))
	endMs, roundedEndMs := 0.0, 0.0
	for i, each := range s.Stages {
		if each.DurationMs <= 0 || each.FromPerSecond < 0 || each.ToPerSecond < 0 {
			return nil, fmt.Errorf("flood(): schedule.stages[%d] needs a positive durationMs and rates that are not negative", i)
		}
		endMs += each.DurationMs
		duration := math.Round(endMs) - roundedEndMs
		roundedEndMs += duration
		if duration == 0 {
			continue
		}
		stages = append(stages, flood.Stage{
			DurationMs:    int(duration),
			FromPerSecond: each.FromPerSecond,
			ToPerSecond:   each.ToPerSecond,
		})
	}
	if len(stages) == 0 {
		return nil, errors.New("flood(): schedule.stages is empty")
	}
	return stages, nil
}

// roomFor lets every request of a whole timeout be in flight at once, so that a target that answers
// nothing does not slow the schedule.
func roomFor(stages []flood.Stage, timeoutMs int) int {
	peak := 0.0
	for _, each := range stages {
		peak = max(peak, each.FromPerSecond, each.ToPerSecond)
	}
	return int(math.Ceil(peak*(float64(timeoutMs)/1000+1))) + 1
}
