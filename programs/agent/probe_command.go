package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"packetwalk.dev/agent/probe"
	"packetwalk.dev/agent/sysctlwrites"
)

// runProbe prints samples as NDJSON until its time is up, a signal comes or it is told to end.
func runProbe(args []string) error {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	intervalMs := flags.Int("interval-ms", 200, "time between two samples, in ms")
	durationMs := flags.Int("duration-ms", 0, "how long to sample, in ms")
	pods := flags.String("pods", "", "UIDs of pods of this node to sample too, separated by commas")
	settings := flags.String("sysctls", "", "sysctls to watch, as PLACE:KEY, separated by commas; the place is kernel or node")
	untilTold := flags.Bool("until-told", false, "end as soon as anything comes on stdin, or it closes")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *intervalMs <= 0 || *durationMs <= 0 {
		return usagef("--interval-ms and --duration-ms must be positive")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if *untilTold {
		go func() {
			<-told()
			stop()
		}()
	}
	options := probe.Options{
		Interval: time.Duration(*intervalMs) * time.Millisecond,
		Duration: time.Duration(*durationMs) * time.Millisecond,
		Writers:  sysctlwrites.Open,
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
