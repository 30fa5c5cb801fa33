package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"net/netip"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"packetwalk.dev/agent/dnsupstream"
)

// runDNSUpstream serves a zone, and its control interface, until a signal comes.
func runDNSUpstream(args []string) error {
	flags := flag.NewFlagSet("dns-upstream", flag.ContinueOnError)
	zone := dnsupstream.Zone{Records: map[string][]netip.Addr{}}
	var faults dnsupstream.Faults
	listen := flags.String("listen", ":53", "address for DNS over UDP and TCP")
	control := flags.String("control", ":8053", "address for its HTTP interface")
	flags.StringVar(&zone.Origin, "zone", "", "domain that it answers for")
	ttlSeconds := flags.Uint("ttl-s", 30, "how long answers may be kept, in seconds")
	flags.Func("record", "name=address[,address…], any number of times", func(text string) error {
		name, addresses, err := parseRecord(text)
		zone.Records[name] = addresses
		return err
	})
	flags.Float64Var(&faults.DelayMs, "delay-ms", 0, "delay before each answer, in ms")
	flags.Float64Var(&faults.Loss, "loss", 0, "share (0 to 1) of queries over UDP that get no answer")
	flags.Uint64Var(&faults.Seed, "seed", 0, "of which queries those are")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	zone.TTLSeconds = uint32(*ttlSeconds)
	if err := errors.Join(zone.Validate(), faults.Validate()); err != nil {
		return usageError{err}
	}
	ctx, end := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer end()
	failures := make(chan error, 3)
	failed := func(err error) { failures <- err }
	server := dnsupstream.New(zone, faults)
	stop, err := server.Listen(*listen, failed)
	if err != nil {
		return err
	}
	defer stop()
	web := &http.Server{Addr: *control, Handler: server.Control(), ReadHeaderTimeout: 5 * time.Second}
	defer web.Close()
	go func() { failed(web.ListenAndServe()) }()
	select {
	case err := <-failures:
		return err
	case <-ctx.Done():
		return nil
	}
}

func parseRecord(text string) (name string, addresses []netip.Addr, err error) {
	name, list, found := strings.Cut(text, "=")
	if !found || name == "" {
		return name, nil, errors.New("want name=address[,address…]")
	}
	for _, each := range strings.Split(list, ",") {
		address, err := netip.ParseAddr(each)
		if err != nil {
			return name, nil, err
		}
		addresses = append(addresses, address)
	}
	return name, addresses, nil
}
