package main

import (
	"encoding/json"
	"fmt"
	"os"

	"packetwalk.dev/agent/periods"
)

// printJSON writes a command's result as one line of JSON on stdout.
func printJSON(document any) error {
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	return output.Encode(document)
}

// printPeriod tells of a period while a load runs. A line that begins with { would be taken for the report.
func printPeriod(period periods.Period) {
	text, err := json.Marshal(period)
	if err != nil {
		fmt.Fprintf(os.Stderr, "a period can't be told of: %v\n", err)
		return
	}
	fmt.Printf("live: %s\n", text)
}
