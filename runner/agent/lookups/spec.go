// Package lookups looks names up at scheduled instants with the real resolver of a libc: an open
// model, in which slow answers do not slow the look-ups down.
package lookups

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"packetwalk.dev/agent/flood"
)

// Spec is what to look up and when, as JSON. Times are in ms, rates in look-ups per second.
type Spec struct {
	flood.Schedule
	Resolver string `json:"resolver"` // what the helper is linked with, for the report: glibc or musl
	Helper   string `json:"helper"`   // path of the program (runner/lookup)
	Names    []Name `json:"names"`    // in turn
	// TimeoutMs, from the scheduled instant: whoever waits for the answer gives up. The resolver goes on.
	TimeoutMs     int `json:"timeoutMs"`
	MaxInFlight   int `json:"maxInFlight"` // look-ups beyond it end as not-sent
	SliceMs       int `json:"sliceMs"`     // length of the report's time slices
	GateTimeoutMs int `json:"gateTimeoutMs"`
}

// Name is something to look up.
type Name struct {
	Kind string `json:"kind"` // what it stands for, e.g. external
	Name string `json:"name"`
}

const (
	longestTimeoutMs = 120_000 // within the histograms' range
	mostInFlight     = 10_000
	defaultSliceMs   = 250
)

// Validate tells what is wrong with a spec, in one sentence.
func (s Spec) Validate() error {
	if err := s.Schedule.Validate(); err != nil {
		return err
	}
	switch {
	case s.Helper == "":
		return errors.New("helper is missing")
	case len(s.Names) == 0:
		return errors.New("names is empty")
	case s.TimeoutMs <= 0 || s.TimeoutMs > longestTimeoutMs:
		return fmt.Errorf("timeoutMs must be from 1 to %d", longestTimeoutMs)
	case s.MaxInFlight <= 0 || s.MaxInFlight > mostInFlight:
		return fmt.Errorf("maxInFlight must be from 1 to %d", mostInFlight)
	case s.SliceMs < 0:
		return errors.New("sliceMs must not be negative")
	}
	for _, each := range s.Names {
		if err := each.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (n Name) validate() error {
	const longest = 255 // RFC 1035, 2.3.4
	if n.Name == "" || len(n.Name) > longest || strings.ContainsAny(n.Name, " \t\r\n") {
		return fmt.Errorf("%q is no name to look up", n.Name)
	}
	return nil
}

func (s Spec) slice() time.Duration {
	if s.SliceMs == 0 {
		return defaultSliceMs * time.Millisecond
	}
	return time.Duration(s.SliceMs) * time.Millisecond
}
