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

// runDNSAsk asks a server for a name's addresses until it is answered well: whether a Service of DNS
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
		answer, err := addressesOf(&client, net.JoinHostPort(*server, "53"), dns.Fqdn(*name))
		took := time.Since(start)
		if err == nil && isFound(answer) {
			return printJSON(map[string]any{"attempts": attempts, "tookMs": took.Milliseconds()})
		}
		if took > time.Duration(*withinMs)*time.Millisecond {
			return fmt.Errorf("%s did not answer for %s: %w", *server, *name, reasonFor(answer, err))
		}
		time.Sleep(askPause)
	}
}

// addressesOf asks for A, and for AAAA where the name is there without: of an IPv6 Service there is
// no A.
func addressesOf(client *dns.Client, server, name string) (*dns.Msg, error) {
	answer, _, err := client.Exchange(new(dns.Msg).SetQuestion(name, dns.TypeA), server)
	if err != nil || answer.Rcode != dns.RcodeSuccess || isFound(answer) {
		return answer, err
	}
	answer, _, err = client.Exchange(new(dns.Msg).SetQuestion(name, dns.TypeAAAA), server)
	return answer, err
}

func isFound(answer *dns.Msg) bool {
	return answer.Rcode == dns.RcodeSuccess && len(answer.Answer) > 0
}

func reasonFor(answer *dns.Msg, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("it said %s with %d records", dns.RcodeToString[answer.Rcode], len(answer.Answer))
}
