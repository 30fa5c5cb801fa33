package main

import (
	"flag"

	"packetwalk.dev/agent/lookups"
)

const lookupsVariable = "PACKETWALK_LOOKUPS"

// runLookups waits at the gate, looks names up at scheduled instants and prints its report; with
// --count it looks one name up so many times, one after another and at once.
func runLookups(args []string) error {
	flags := flag.NewFlagSet("lookups", flag.ContinueOnError)
	from := sourceFlags(flags, lookupsVariable)
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
	return drive(from, lookups.Run)
}
