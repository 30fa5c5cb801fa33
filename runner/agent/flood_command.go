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

	"packetwalk.dev/agent/flood"
	"packetwalk.dev/agent/gate"
)

const (
	floodVariable      = "PACKETWALK_FLOOD"
	defaultGateTimeout = time.Minute
)

// runFlood waits at the gate, drives the load and prints its report. A signal ends the load early;
// what was scheduled until then is still reported.
func runFlood(args []string) error {
	flags := flag.NewFlagSet("flood", flag.ContinueOnError)
	file := flags.String("spec", "", "file with the JSON spec, - for stdin; default is the variable "+floodVariable)
	noGate := flags.Bool("no-gate", false, "start at once")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	spec, err := readSpec(*file)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	startAt := time.Now()
	if !*noGate {
		if startAt, err = waitAtGate(ctx, spec); err != nil {
			return err
		}
	}
	report, err := flood.Run(ctx, spec, startAt)
	if err != nil {
		return err
	}
	return printJSON(report)
}

func waitAtGate(ctx context.Context, spec flood.Spec) (time.Time, error) {
	timeout := time.Duration(spec.GateTimeoutMs) * time.Millisecond
	if timeout <= 0 {
		timeout = defaultGateTimeout
	}
	startAt, err := gate.Wait(ctx, timeout)
	if errors.Is(err, context.Canceled) {
		err = errors.New("stopped before its gate was opened")
	}
	return startAt, err
}

func readSpec(file string) (flood.Spec, error) {
	var spec flood.Spec
	text, err := specText(file)
	if err != nil {
		return spec, err
	}
	defer text.Close()
	input := json.NewDecoder(text)
	input.DisallowUnknownFields()
	if err := input.Decode(&spec); err != nil {
		return spec, usagef("the spec is not valid: %w", err)
	}
	if spec.Worker == 0 {
		spec.Worker = workerNumber()
	}
	if err := spec.Validate(); err != nil {
		return spec, usagef("the spec is not valid: %w", err)
	}
	return spec, nil
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

func specText(file string) (io.ReadCloser, error) {
	switch file {
	case "":
		text, set := os.LookupEnv(floodVariable)
		if !set {
			return nil, usagef("there is no spec: set %s or --spec", floodVariable)
		}
		return io.NopCloser(strings.NewReader(text)), nil
	case "-":
		return os.Stdin, nil // not read to its end, which an exec over the API may never tell
	}
	return os.Open(file)
}
