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
	k6output.RegisterExtension(output.Name, output.New)
}

func main() {
	if err := errors.Join(worker.SetDefaults(), worker.Prepare()); err != nil {
		fmt.Fprintf(os.Stderr, "packetwalk-k6: %v\n", err)
		os.Exit(2)
	}
	if !worker.IsConfined() { // its connections go past k6's dialer, which confines a script of the user's
		modules.Register(extension.Name, extension.New())
	}
	cmd.Execute()
}
