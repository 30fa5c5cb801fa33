package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"packetwalk.dev/agent/clusterapi"
	"packetwalk.dev/agent/keeper"
)

// runKeeper deletes the namespace that it is in once the runner's Lease there is no longer renewed, and before that lets pods on
// the nodes again that the run has cordoned.
func runKeeper(args []string) error {
	flags := flag.NewFlagSet("keeper", flag.ContinueOnError)
	lease := flags.String("lease", "", "name of the Lease that the runner renews")
	run := flags.String("run", "", "id of the run whose marks are looked for on nodes; empty: it cordons none")
	silentSeconds := flags.Float64("silent-s", 0, "longest time without a renewal, in seconds")
	everySeconds := flags.Float64("every-s", 15, "between two looks, in seconds")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *lease == "" || *silentSeconds <= 0 || *everySeconds <= 0 {
		return usagef("--lease, --silent-s and --every-s must be given and positive")
	}
	api, err := clusterapi.InCluster()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	keeps := keeper.Keeper{
		API:   api,
		Lease: *lease,
		Run:   *run,
		Limit: time.Duration(*silentSeconds * float64(time.Second)),
		Every: time.Duration(*everySeconds * float64(time.Second)),
	}
	err = keeps.Watch(ctx, func(err error) { fmt.Fprintf(os.Stderr, "packetwalk-agent keeper: %v\n", err) })
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		fmt.Printf("the runner has been silent for %g s: namespace %s is deleted\n", *silentSeconds, api.Namespace)
	}
	return err
}
