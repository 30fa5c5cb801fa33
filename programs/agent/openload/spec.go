// Package openload does things at scheduled instants, however long each of them takes, and reports
// on them as every load does. It is for loads of hundreds a second; flood has a loop of its own.
package openload

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/periods"
)

// Spec is when to do things and for how long to wait for each, as JSON. Times are in ms.
type Spec struct {
	flood.Schedule
	// TimeoutMs is when whoever waits for the end of a thing gives up, from its scheduled instant.
	TimeoutMs     int `json:"timeoutMs"`
	MaxInFlight   int `json:"maxInFlight"` // things beyond it end as not-sent
	SliceMs       int `json:"sliceMs"`     // length of the report's time slices
	GateTimeoutMs int `json:"gateTimeoutMs"`
	LiveMs        int `json:"liveMs"` // length of the periods that are told of while it runs; 0: none
}

const (
	longestTimeoutMs = 120_000 // within the histograms' range
	mostInFlight     = 10_000
	defaultSliceMs   = 250
	mostSlices       = 1 << 20
)

// Validate tells what is wrong with a spec, in one sentence.
func (s Spec) Validate() error {
	switch {
	case s.TimeoutMs <= 0 || s.TimeoutMs > longestTimeoutMs:
		return fmt.Errorf("timeoutMs must be from 1 to %d", longestTimeoutMs)
	case s.MaxInFlight <= 0 || s.MaxInFlight > mostInFlight:
		return fmt.Errorf("maxInFlight must be from 1 to %d", mostInFlight)
	case s.SliceMs < 0:
		return errors.New("sliceMs must not be negative")
	case s.Duration()/s.slice() >= mostSlices:
		return fmt.Errorf("sliceMs must cut the run into fewer than %d slices", mostSlices)
	}
	return errors.Join(s.Schedule.Validate(), periods.Validate(s.LiveMs))
}

// OfWorker says which worker the spec is for, where it does not say so itself.
func (s *Spec) OfWorker(number int) { s.Worker = cmp.Or(s.Worker, number) }

// GateTimeout is how long to wait for the start, 0 where the spec does not say.
func (s *Spec) GateTimeout() time.Duration { return time.Duration(s.GateTimeoutMs) * time.Millisecond }

func (s Spec) timeout() time.Duration { return time.Duration(s.TimeoutMs) * time.Millisecond }

func (s Spec) slice() time.Duration {
	if s.SliceMs == 0 {
		return defaultSliceMs * time.Millisecond
	}
	return time.Duration(s.SliceMs) * time.Millisecond
}
