package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"packetwalk.dev/agent/endpoints"
)

// runEndpointsSync keeps a proxy's list of upstreams as a Service's ready endpoints are, until a
// signal comes; it prints one JSON line for each set that the proxy took, and troubles on stderr.
func runEndpointsSync(args []string) error {
	flags := flag.NewFlagSet("endpoints-sync", flag.ContinueOnError)
	service := flags.String("service", "", "Service of the pod's own namespace")
	formatName := flags.String("format", "", "nginx or envoy-eds")
	file := flags.String("file", "", "where the proxy reads its endpoints")
	minIntervalMs := flags.Int("min-interval-ms", 3333, "least time between two syncs, in ms")
	pidFile := flags.String("reload-pid-file", "", "pid file of the NGINX to reload; none: the proxy looks itself")
	whenEmpty := flags.String("when-empty", "", "the one address of an NGINX upstream without endpoints")
	once := flags.Bool("once", false, "write the file once, and end")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *service == "" || *file == "" {
		return usagef("--service or --file is missing")
	}
	if *minIntervalMs < 0 {
		return usagef("--min-interval-ms must not be negative")
	}
	proxy := endpoints.Proxy{File: *file}
	switch *formatName {
	case "nginx":
		if *whenEmpty == "" {
			return usagef("--when-empty is missing: an NGINX upstream must not be empty")
		}
		proxy.Format = endpoints.NGINX(*whenEmpty)
	case "envoy-eds":
		proxy.Format = endpoints.EnvoyEDS(*service)
	default:
		return usagef("--format is nginx or envoy-eds, not %q", *formatName)
	}
	api, err := endpoints.InCluster()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	trouble := func(err error) { fmt.Fprintf(os.Stderr, "packetwalk-agent endpoints-sync: %v\n", err) }
	if *once {
		return syncOnce(ctx, api, *service, proxy, trouble)
	}
	if *pidFile != "" {
		proxy.Reload = endpoints.ReloadNGINX(*pidFile)
	}
	took := func(sync endpoints.Sync) { _ = printJSON(sync) }
	endpoints.Run(ctx, api, *service, proxy, time.Duration(*minIntervalMs)*time.Millisecond, took, trouble)
	return nil
}

// onceLimit is how long the API may take to let the pod's ServiceAccount read.
const onceLimit = time.Minute

func syncOnce(ctx context.Context, api *endpoints.API, service string, proxy endpoints.Proxy, trouble func(error)) error {
	ctx, stop := context.WithTimeout(ctx, onceLimit)
	defer stop()
	err := errors.New("the cluster's API gave no endpoints in time")
	api.Follow(ctx, service, func(set endpoints.Set) {
		var sync endpoints.Sync
		if sync, err = proxy.Take(ctx, set); err == nil {
			err = printJSON(sync)
		}
		stop()
	}, trouble)
	return err
}
