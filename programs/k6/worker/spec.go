// Package worker makes "packetwalk-k6 run" one of packetwalk's load workers: its spec comes in
// PACKETWALK_LOAD, it holds its load back until its gate is opened, and its report, one line of JSON,
// is all that goes to stdout (k6's own words go to stderr).
package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"packetwalk.dev/agent/flood"
)

const (
	variable           = "PACKETWALK_LOAD"
	fileVariable       = "PACKETWALK_LOAD_FILE" // where the spec stands instead, if it holds secrets
	indexVariable      = "JOB_COMPLETION_INDEX" // which worker this is; Kubernetes tells the pods of an Indexed Job
	defaultGateTimeout = time.Minute
)

// Spec is what a worker does: the same fields as the flood's. The script takes the target and the
// rates from it; this process, what concerns gate and report.
type Spec struct {
	Engine string  `json:"engine"` // may be left out; a spec for another engine is refused
	Script *Script `json:"script"` // of the user's; none: one of packetwalk's, which makes the arrivals itself
	flood.Spec
}

// FromEnvironment gives the spec; false if there is none.
func FromEnvironment() (Spec, bool, error) {
	var spec Spec
	from, text, err := specText()
	if err != nil || text == "" {
		return spec, false, err
	}
	input := json.NewDecoder(strings.NewReader(text))
	input.DisallowUnknownFields()
	err = input.Decode(&spec)
	switch {
	case err != nil:
	case spec.Engine != "" && spec.Engine != "k6":
		err = fmt.Errorf("engine is %q, and this is k6", spec.Engine)
	case input.More():
		err = errors.New("there is more than one JSON document")
	case spec.Script != nil:
		err = spec.Script.validate(spec.Spec)
	default:
		err = spec.Validate()
	}
	if err != nil {
		return spec, false, fmt.Errorf("%s is not valid: %w", from, err)
	}
	if index, err := strconv.Atoi(os.Getenv(indexVariable)); err == nil && spec.Worker == 0 {
		spec.Worker = index
	}
	return spec, true, nil
}

// specText gives the spec as it was handed over, and by what; empty if there is none.
func specText() (from, text string, err error) {
	if text := os.Getenv(variable); text != "" {
		return variable, text, nil
	}
	file := os.Getenv(fileVariable)
	if file == "" {
		return "", "", nil
	}
	read, err := os.ReadFile(file)
	if err != nil {
		return "", "", fmt.Errorf("%s can't be read: %w", fileVariable, err)
	}
	return file, string(read), nil
}

// Duration is how long the spec schedules requests for.
func (s Spec) Duration() time.Duration {
	ms := 0
	for _, stage := range s.Stages {
		ms += stage.DurationMs
	}
	return time.Duration(ms) * time.Millisecond
}

func (s Spec) gateTimeout() time.Duration {
	if s.GateTimeoutMs <= 0 {
		return defaultGateTimeout
	}
	return time.Duration(s.GateTimeoutMs) * time.Millisecond
}
