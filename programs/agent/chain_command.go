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
	sends := flags.Bool("drive", false, "send requests, as the spec says, instead of serving")
	from := sourceFlags(flags, chainVariable)
	listen := flags.String("listen", ":8080", "address to serve at")
	helper := flags.String("helper", "", "the look-up helper to serve with")
	atOnce := flags.Int("at-once", 64, "look-ups under way at most while serving")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *sends {
		return drive(from, func(ctx context.Context, spec chain.Spec, startAt time.Time) (chain.Report, error) {
			return chain.Drive(ctx, spec, startAt, printPeriod)
		})
	}
	if *helper == "" || *atOnce <= 0 {
		return usagef("--helper is missing, or --at-once is not positive")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
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
