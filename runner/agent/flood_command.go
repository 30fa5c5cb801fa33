package main

import (
	"context"
	"flag"
	"os/signal"
	"syscall"

	"packetwalk.dev/agent/flood"
)

const floodVariable = "PACKETWALK_FLOOD"

// runFlood waits at the gate, drives the load and prints its report. A signal ends the load early;
// what was scheduled until then is still reported.
func runFlood(args []string) error {
	flags := flag.NewFlagSet("flood", flag.ContinueOnError)
	file := flags.String("spec", "", "file with the JSON spec, - for stdin; default is the variable "+floodVariable)
	noGate := flags.Bool("no-gate", false, "start at once")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	spec, err := readFloodSpec(*file)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	startAt, err := startInstant(ctx, *noGate, spec.GateTimeoutMs)
	if err != nil {
		return err
	}
	report, err := flood.Run(ctx, spec, startAt)
	if err != nil {
		return err
	}
	return printJSON(report)
}

func readFloodSpec(file string) (flood.Spec, error) {
	spec, err := readSpec[flood.Spec](file, floodVariable)
	if err != nil {
		return spec, err
	}
	if spec.Worker == 0 {
		spec.Worker = workerNumber()
	}
	return spec, validated(spec.Validate())
}
