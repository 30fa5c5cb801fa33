package lookups

import (
	"time"

	"packetwalk.dev/agent/openload"
)

// Outcome is how a look-up ended, as far as its caller can tell.
type Outcome string

const (
	OK       Outcome = openload.OK
	NXDomain Outcome = "dns-nxdomain"
	NoData   Outcome = "dns-nodata" // the name exists, and has no address
	// ServFail: told at once that the answer can't be had. glibc says the same of SERVFAIL, REFUSED, and
	// an address at which nobody listens; musl waits for a better answer then, and ends as Timeout.
	ServFail Outcome = "dns-servfail"
	Timeout  Outcome = "dns-timeout" // no answer in the resolver's time, or the spec's
	Failed   Outcome = "dns-error"   // anything else, the resolver's own trouble included
	NotSent  Outcome = openload.NotSent
)

// getaddrinfo's return values, the same numbers in glibc and musl (netdb.h).
const (
	eaiNoName = -2
	eaiAgain  = -3
	eaiFail   = -4
	eaiNoData = -5
)

// nearlyAll is the share of the resolver's timeout from which on a look-up has met it: its clock
// counts in ms and begins a little after ours.
const nearlyAll = 0.98

// OutcomeOf tells how a look-up ended. Both libcs report a server that fails and one that does not
// answer as EAI_AGAIN, with an errno that says nothing: the
// time tells them apart.
func OutcomeOf(answer Answer, resolverTimeout time.Duration) Outcome {
	switch {
	case answer.Code == 0:
		return OK
	case answer.Code == eaiNoName:
		return NXDomain
	case answer.Code == eaiNoData:
		return NoData
	case answer.Code == eaiFail:
		return ServFail
	case answer.Code != eaiAgain:
		return Failed
	case answer.Took.Seconds() >= nearlyAll*resolverTimeout.Seconds():
		return Timeout
	}
	return ServFail
}
