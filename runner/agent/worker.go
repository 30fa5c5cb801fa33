package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"packetwalk.dev/agent/gate"
)

// What all load workers have in common: a spec as JSON, and a gate that holds them back.

const defaultGateTimeout = time.Minute

// readSpec reads a spec from a file, - for stdin, or from an environment variable if none is named.
func readSpec[Spec any](file, variable string) (spec Spec, err error) {
	text, err := specText(file, variable)
	if err != nil {
		return spec, err
	}
	defer text.Close()
	input := json.NewDecoder(text)
	input.DisallowUnknownFields()
	return spec, validated(input.Decode(&spec))
}

// validated makes what is wrong with a spec a usage error.
func validated(problem error) error {
	if problem == nil {
		return nil
	}
	return usagef("the spec is not valid: %w", problem)
}

func specText(file, variable string) (io.ReadCloser, error) {
	switch file {
	case "":
		text, set := os.LookupEnv(variable)
		if !set {
			return nil, usagef("there is no spec: set %s or --spec", variable)
		}
		return io.NopCloser(strings.NewReader(text)), nil
	case "-":
		return os.Stdin, nil // not read to its end, which an exec over the API may never tell
	}
	return os.Open(file)
}

// workerNumber is what Kubernetes tells the pods of an Indexed Job: which one this is. They share
// one spec, and each is to have arrivals of its own.
func workerNumber() int {
	number, err := strconv.Atoi(os.Getenv("JOB_COMPLETION_INDEX"))
	if err != nil {
		return 0
	}
	return number
}

// startInstant waits at the gate for the instant at which the load starts; without a gate it is now.
func startInstant(ctx context.Context, noGate bool, timeoutMs int) (time.Time, error) {
	if noGate {
		return time.Now(), nil
	}
	timeout := time.Duration(timeoutMs) * time.Millisecond
	if timeout <= 0 {
		timeout = defaultGateTimeout
	}
	startAt, err := gate.Wait(ctx, timeout)
	if errors.Is(err, context.Canceled) {
		err = errors.New("stopped before its gate was opened")
	}
	return startAt, err
}
