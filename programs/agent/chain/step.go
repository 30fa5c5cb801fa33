// Package chain is a chain of services, each of which looks the next one's name up and then calls
// it, as services do that keep no connection: what names cost adds up along it.
package chain

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"packetwalk.dev/agent/lookups"
)

const (
	// numberHere is what a hop's number takes the place of in names.
	numberHere    = "{n}"
	largestAnswer = 1 << 20
)

// Step is what one hop did for a request: a look-up, and a call of the hop after it.
type Step struct {
	Hop    int     `json:"hop"` // which one was called, from 1
	DNSMs  float64 `json:"dnsMs"`
	CallMs float64 `json:"callMs"` // until its answer was there, with all that lies behind it
	// Outcome is ok, how the look-up failed, or call-failed.
	Outcome string `json:"outcome"`
}

const (
	ok         = string(lookups.OK)
	callFailed = "call-failed"
)

// caller makes steps. It may be used from several goroutines.
type caller struct {
	helper          *lookups.Helper
	resolverTimeout time.Duration
	client          http.Client
}

func newCaller(helper *lookups.Helper) *caller {
	return &caller{
		helper:          helper,
		resolverTimeout: lookups.ResolverTimeout(),
		client:          http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	}
}

// steps calls a hop by its name, which leads to all those behind it until the last; its own step
// comes first.
func (c *caller) steps(ctx context.Context, hop int, route route) []Step {
	step := Step{Hop: hop, Outcome: ok}
	before := time.Now()
	answer, how := c.lookUp(ctx, route.nameOf(hop))
	step.DNSMs = milliseconds(time.Since(before))
	if how != lookups.OK {
		step.Outcome = string(how)
		return []Step{step}
	}
	before = time.Now()
	behind, err := c.call(ctx, hop, answer.Address, route)
	step.CallMs = milliseconds(time.Since(before))
	if err != nil {
		step.Outcome = callFailed
	}
	return append([]Step{step}, behind...)
}

// lookUp gives up with the context; the resolver goes on.
func (c *caller) lookUp(ctx context.Context, name string) (lookups.Answer, lookups.Outcome) {
	results := make(chan lookups.Answer, 1)
	failures := make(chan error, 1)
	c.helper.Ask(name, func(answer lookups.Answer, err error) {
		if err != nil {
			failures <- err
			return
		}
		results <- answer
	})
	select {
	case answer := <-results:
		return answer, lookups.OutcomeOf(answer, c.resolverTimeout)
	case <-failures:
		return lookups.Answer{}, lookups.Failed
	case <-ctx.Done():
		return lookups.Answer{}, lookups.Timeout
	}
}

// call asks the hop at an address for the steps behind it.
func (c *caller) call(ctx context.Context, hop int, address string, route route) ([]Step, error) {
	url := "http://" + net.JoinHostPort(address, strconv.Itoa(route.port)) + "/?" + route.query(hop)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Host = strings.TrimSuffix(route.nameOf(hop), ".")
	response, err := c.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", response.StatusCode)
	}
	var steps []Step
	return steps, json.NewDecoder(io.LimitReader(response.Body, largestAnswer)).Decode(&steps)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
