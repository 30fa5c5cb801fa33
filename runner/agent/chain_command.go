package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"packetwalk.dev/agent/chain"
	"packetwalk.dev/agent/lookups"
)

const chainVariable = "PACKETWALK_CHAIN"

// runChain serves as the hops of a chain until a signal comes; with --drive it waits at the gate,
// sends requests through a chain and prints its report.
func runChain(args []string) error {
	flags := flag.NewFlagSet("chain", flag.ContinueOnError)
	drive := flags.Bool("drive", false, "send requests instead of serving")
	file := flags.String("spec", "", "file with the JSON spec of what to send, - for stdin; default is the variable "+chainVariable)
	noGate := flags.Bool("no-gate", false, "start to send at once")
	listen := flags.String("listen", ":8080", "address to serve at")
	helper := flags.String("helper", "", "the look-up helper to serve with")
	atOnce := flags.Int("at-once", 64, "look-ups under way at most while serving")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if *drive {
		return driveChain(ctx, *file, *noGate)
	}
	if *helper == "" || *atOnce <= 0 {
		return usagef("--helper is missing, or --at-once is not positive")
	}
	return serveChain(ctx, *listen, *helper, *atOnce)
}

func serveChain(ctx context.Context, listen, helper string, atOnce int) error {
	started, err := lookups.Start(helper, atOnce)
	if err != nil {
		return err
	}
	defer started.Close()
	server := &http.Server{Addr: listen, Handler: chain.Handler(started), ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func driveChain(ctx context.Context, file string, noGate bool) error {
	spec, err := readSpec[chain.Spec](file, chainVariable)
	if err != nil {
		return err
	}
	if spec.Worker == 0 {
		spec.Worker = workerNumber()
	}
	if err := validated(spec.Validate()); err != nil {
		return err
	}
	startAt, err := startInstant(ctx, noGate, spec.GateTimeoutMs)
	if err != nil {
		return err
	}
	report, err := chain.Drive(ctx, spec, startAt)
	if err != nil {
		return err
	}
	return printJSON(report)
}
