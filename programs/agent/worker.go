package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"packetwalk.dev/agent/gate"
)

// What all load workers have in common: a spec as JSON, and a gate that holds them back.

const defaultGateTimeout = time.Minute

// source is where a worker's spec comes from, and whether it waits for its start.
type source struct {
	variable string
	file     *string
	noGate   *bool
}

// sourceFlags adds the flags that every load's command has.
func sourceFlags(flags *flag.FlagSet, variable string) source {
	return source{
		variable: variable,
		file:     flags.String("spec", "", "file with the JSON spec, - for stdin; default is the variable "+variable),
		noGate:   flags.Bool("no-gate", false, "start at once"),
	}
}

// loadSpec is what the specs of all loads can do.
type loadSpec[Spec any] interface {
	*Spec
	Validate() error
	OfWorker(number int) // where the spec itself does not say which worker it is for
	GateTimeout() time.Duration
}

// drive reads a worker's spec, waits at the gate, carries the load out and prints its report. A
// signal ends the load early; what was scheduled until then is still reported.
func drive[Spec any, Of loadSpec[Spec], Report any](
	from source, run func(ctx context.Context, spec Spec, startAt time.Time) (Report, error),
) error {
	spec, err := readSpec[Spec](*from.file, from.variable)
	if err != nil {
		return err
	}
	of := Of(&spec)
	of.OfWorker(workerNumber())
	if err := validated(of.Validate()); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	startAt, err := startInstant(ctx, *from.noGate, of.GateTimeout())
	if err != nil {
		return err
	}
	report, err := run(ctx, spec, startAt)
	if err != nil {
		return err
	}
	return printJSON(report)
}

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
func startInstant(ctx context.Context, noGate bool, timeout time.Duration) (time.Time, error) {
	if noGate {
		return time.Now(), nil
	}
	if timeout <= 0 {
		timeout = defaultGateTimeout
	}
	startAt, err := gate.Wait(ctx, timeout)
	if errors.Is(err, context.Canceled) {
		err = errors.New("stopped before its gate was opened")
	}
	return startAt, err
}
