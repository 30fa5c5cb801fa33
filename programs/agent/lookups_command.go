package main

import (
	"context"
	"flag"
	"os"
	"time"

	"packetwalk.dev/agent/lookups"
)

const lookupsVariable = "PACKETWALK_LOOKUPS"

// runLookups waits at the gate, looks names up at scheduled instants and prints its report; with
// --count it looks up what it is asked for on stdin instead, one after another.
func runLookups(args []string) error {
	flags := flag.NewFlagSet("lookups", flag.ContinueOnError)
	from := sourceFlags(flags, lookupsVariable)
	counts := flags.Bool("count", false, "look up what is asked for on stdin instead, one after another")
	var counting lookups.Counting
	flags.StringVar(&counting.Helper, "helper", "", "the helper to count look-ups of")
	flags.StringVar(&counting.Resolver, "resolver", "", "what that helper is linked with, for the report")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *counts {
		return counting.Answer(os.Stdin, func(found lookups.Found) error { return printJSON(found) })
	}
	return drive(from, func(ctx context.Context, spec lookups.Spec, startAt time.Time) (lookups.Report, error) {
		return lookups.Run(ctx, spec, startAt, printPeriod)
	})
}
