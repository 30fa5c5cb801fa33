package main

import (
	"context"
	"flag"
	"time"

	"packetwalk.dev/agent/flood"
)

const floodVariable = "PACKETWALK_FLOOD"

// runFlood waits at the gate, drives the load and prints its report.
func runFlood(args []string) error {
	flags := flag.NewFlagSet("flood", flag.ContinueOnError)
	from := sourceFlags(flags, floodVariable)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	return drive(from, func(ctx context.Context, spec flood.Spec, startAt time.Time) (flood.Report, error) {
		return flood.RunLive(ctx, spec, startAt, &flood.Live{OnPeriod: printPeriod})
	})
}
