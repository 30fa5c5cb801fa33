package main

import (
	"flag"
	"strings"

	"packetwalk.dev/agent/throttling"
)

// runThrottling prints how often containers were held back by their CPU limits.
func runThrottling(args []string) error {
	flags := flag.NewFlagSet("throttling", flag.ContinueOnError)
	containers := flags.String("containers", "", "full ids of containers, separated by commas")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *containers == "" {
		return usagef("--containers is missing")
	}
	counters, err := throttling.Read(strings.Split(*containers, ","))
	if err != nil {
		return err
	}
	return printJSON(counters)
}
