package main

import (
	"context"
	"flag"
	"os/signal"
	"syscall"

	"packetwalk.dev/agent/lookups"
)

const lookupsVariable = "PACKETWALK_LOOKUPS"

// runLookups waits at the gate, looks names up at scheduled instants and prints its report; with
// --count it looks one name up so many times, one after another and at once.
func runLookups(args []string) error {
	flags := flag.NewFlagSet("lookups", flag.ContinueOnError)
	file := flags.String("spec", "", "file with the JSON spec, - for stdin; default is the variable "+lookupsVariable)
	noGate := flags.Bool("no-gate", false, "start at once")
	var counting lookups.Counting
	flags.IntVar(&counting.Times, "count", 0, "look one name up so many times instead")
	flags.StringVar(&counting.Name.Name, "name", "", "the name to count look-ups of")
	flags.StringVar(&counting.Name.Kind, "kind", "", "what it stands for, for the report")
	flags.StringVar(&counting.Helper, "helper", "", "the helper to count look-ups of")
	flags.StringVar(&counting.Resolver, "resolver", "", "what that helper is linked with, for the report")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if counting.Times > 0 {
		found, err := lookups.Count(counting)
		if err != nil {
			return err
		}
		return printJSON(found)
	}
	spec, err := readSpec[lookups.Spec](*file, lookupsVariable)
	if err != nil {
		return err
	}
	if spec.Worker == 0 {
		spec.Worker = workerNumber()
	}
	if err := validated(spec.Validate()); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	startAt, err := startInstant(ctx, *noGate, spec.GateTimeoutMs)
	if err != nil {
		return err
	}
	report, err := lookups.Run(ctx, spec, startAt)
	if err != nil {
		return err
	}
	return printJSON(report)
}
