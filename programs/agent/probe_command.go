package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"packetwalk.dev/agent/probe"
	"packetwalk.dev/agent/sysctlwrites"
)

// passOrders returns at the first line that is none.
func passOrders(ctx context.Context, input io.Reader, orders chan<- probe.Order) {
	for lines := bufio.NewScanner(input); lines.Scan(); {
		var order probe.Order
		if err := json.Unmarshal(lines.Bytes(), &order); err != nil || order == (probe.Order{}) {
			return
		}
		select {
		case orders <- order:
		case <-ctx.Done():
			return
		}
	}
}

// runProbe prints samples as NDJSON until its time is up, a signal comes or it is told to end.
func runProbe(args []string) error {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	intervalMs := flags.Int("interval-ms", 200, "time between two samples, in ms")
	durationMs := flags.Int("duration-ms", 0, "how long to sample, in ms")
	pods := flags.String("pods", "", "UIDs of pods of this node to sample too, separated by commas")
	settings := flags.String("sysctls", "", "sysctls to watch, as PLACE:KEY, separated by commas; the place is kernel or node")
	untilTold := flags.Bool("until-told", false,
		"follow orders on stdin, a JSON document a line: {\"pod\":UID} is sampled once it is here, {\"gone\":UID} no longer; end as soon as anything else comes, or stdin closes")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *intervalMs <= 0 || *durationMs <= 0 {
		return usagef("--interval-ms and --duration-ms must be positive")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	options := probe.Options{
		Interval: time.Duration(*intervalMs) * time.Millisecond,
		Duration: time.Duration(*durationMs) * time.Millisecond,
		Writers:  sysctlwrites.Open,
	}
	if *untilTold {
		orders := make(chan probe.Order)
		options.Orders = orders
		go func() {
			passOrders(ctx, os.Stdin, orders)
			stop()
		}()
	}
	if *pods != "" {
		options.PodUIDs = strings.Split(*pods, ",")
	}
	for _, each := range strings.FieldsFunc(*settings, func(r rune) bool { return r == ',' }) {
		place, key, found := strings.Cut(each, ":")
		if !found {
			return usagef("--sysctls: %q is not PLACE:KEY", each)
		}
		options.Settings = append(options.Settings, probe.Setting{In: place, Key: key})
	}
	return probe.Run(ctx, options, os.Stdout)
}
