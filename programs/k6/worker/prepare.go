package worker

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
)

const (
	noGateFlag   = "--no-gate"
	pausedFlag   = "--paused"
	noSetupFlag  = "--no-setup"
	outputName   = "packetwalk"
	exitAtGate   = 1
	exitConfined = 2
	runsScripts  = "run"
)

// Stdout is the process's real standard output, where the report goes.
var Stdout = os.Stdout

// defaults are settings of k6 that differ here, unless the user has set them: no telemetry, and no
// download of another k6 for scripts that name an extension.
var defaults = map[string]string{
	"K6_NO_USAGE_REPORT":           "true",
	"K6_AUTO_EXTENSION_RESOLUTION": "false",
}

// workerDefaults are those of a worker. Its report is what counts, and without summary and thresholds
// k6 keeps no samples: for them it stores every single one of a Trend.
var workerDefaults = map[string]string{
	"K6_NO_SUMMARY":    "true",
	"K6_NO_THRESHOLDS": "true",
}

// SetDefaults puts packetwalk's defaults into the environment that k6 reads.
func SetDefaults() error { return setUnlessSet(defaults) }

func setUnlessSet(variables map[string]string) error {
	for name, value := range variables {
		if _, set := os.LookupEnv(name); set {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// Prepare turns k6's command line into a worker's if there is a spec: k6 starts paused, reports, and
// is resumed when the gate has been opened. A k6 that is started paused has no gate: whoever paused it
// resumes it. Without a spec, or for another command than run, it
// changes nothing. The error is one sentence.
func Prepare() error {
	if !slices.Contains(os.Args[1:], runsScripts) {
		return nil
	}
	gated := !slices.Contains(os.Args, pausedFlag) && !slices.Contains(os.Args, "-p")
	os.Args = slices.DeleteFunc(os.Args, func(arg string) bool {
		gated = gated && arg != noGateFlag
		return arg == noGateFlag
	})
	spec, is, err := FromEnvironment()
	if err != nil || !is {
		return err
	}
	if err := setUnlessSet(workerDefaults); err != nil {
		return err
	}
	os.Stdout = os.Stderr // k6 takes its streams from here when it starts
	if !reports(os.Args) {
		os.Args = append(os.Args, "--out="+outputName)
	}
	if spec.Script != nil {
		if err := confine(spec); err != nil {
			return err
		}
	}
	if gated {
		return holdBack(spec)
	}
	return nil
}

// reports tells whether the output is asked for, as "--out packetwalk=FILE" in any of its spellings.
func reports(args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool {
		for _, prefix := range []string{"--out=", "-o=", "-o", ""} {
			if name, is := strings.CutPrefix(arg, prefix); is && (name == outputName || strings.HasPrefix(name, outputName+"=")) {
				return true
			}
		}
		return false
	})
}

// holdBack starts k6 paused, and resumes it through its REST API on a port of loopback.
func holdBack(spec Spec) error {
	address, err := freeLoopbackAddress()
	if err != nil {
		return err
	}
	if asked := askedAddress(os.Args); asked != "" {
		if err := serveFront(asked, address); err != nil {
			return err
		}
	}
	os.Args = append(os.Args, pausedFlag, "--address="+address)
	if spec.Script != nil {
		os.Args = append(os.Args, noSetupFlag) // the gate has it run
	}
	go func() {
		// k6 itself ends the process when it gets a signal, here too.
		if err := openWhenTold(context.Background(), newRemote(address), spec); err != nil {
			fmt.Fprintf(os.Stderr, "packetwalk-k6: %v\n", err)
			os.Exit(exitAtGate)
		}
	}()
	return nil
}

func freeLoopbackAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("no free port on loopback for k6's API: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
