package main

import (
	"encoding/json"
	"os"
)

// printJSON writes a command's result as one line of JSON on stdout.
func printJSON(document any) error {
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	return output.Encode(document)
}
