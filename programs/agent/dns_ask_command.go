package main

import (
	"flag"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"
)

const (
	askPatience = 500 * time.Millisecond // for one answer
	askPause    = 50 * time.Millisecond
)

// runDNSAsk asks a server for a name's A record until it is answered well: whether a Service of DNS
// can be reached from here yet.
func runDNSAsk(args []string) error {
	flags := flag.NewFlagSet("dns-ask", flag.ContinueOnError)
	server := flags.String("server", "", "its IP address")
	name := flags.String("name", "", "a full name that exists")
	withinMs := flags.Int("within-ms", 20_000, "when to give up, in ms")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if net.ParseIP(*server) == nil {
		return usagef("--server: %q is not an IP address", *server)
	}
	start := time.Now()
	client := dns.Client{Timeout: askPatience}
	for attempts := 1; ; attempts++ {
		query := new(dns.Msg).SetQuestion(dns.Fqdn(*name), dns.TypeA)
		answer, _, err := client.Exchange(query, net.JoinHostPort(*server, "53"))
		took := time.Since(start)
		if err == nil && answer.Rcode == dns.RcodeSuccess && len(answer.Answer) > 0 {
			return printJSON(map[string]any{"attempts": attempts, "tookMs": took.Milliseconds()})
		}
		if took > time.Duration(*withinMs)*time.Millisecond {
			return fmt.Errorf("%s did not answer for %s: %w", *server, *name, reasonFor(answer, err))
		}
		time.Sleep(askPause)
	}
}

func reasonFor(answer *dns.Msg, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("it said %s with %d records", dns.RcodeToString[answer.Rcode], len(answer.Answer))
}
