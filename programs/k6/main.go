// Command packetwalk-k6 is k6 with packetwalk's JavaScript module and output built in: k6's own
// commands, options and outputs work as they always do. With PACKETWALK_LOAD in its environment,
// "run" speaks the worker protocol of packetwalk's load pods (package worker).
package main

import (
	"errors"
	"fmt"
	"os"

	"go.k6.io/k6/cmd"
	"go.k6.io/k6/js/modules"
	k6output "go.k6.io/k6/output"

	"packetwalk.dev/k6/extension"
	"packetwalk.dev/k6/output"
	"packetwalk.dev/k6/worker"
)

func init() {
	modules.Register(extension.Name, extension.New())
	k6output.RegisterExtension(output.Name, output.New)
}

func main() {
	if err := errors.Join(worker.SetDefaults(), worker.Prepare()); err != nil {
		fmt.Fprintf(os.Stderr, "packetwalk-k6: %v\n", err)
		os.Exit(2)
	}
	cmd.Execute()
}
