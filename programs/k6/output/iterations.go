package output

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.k6.io/k6/lib/netext/httpext"

	"packetwalk.dev/k6/worker"
)

const (
	// lastMoments: what is due so shortly before the end of its scenario, k6 may begin no more, without a word.
	lastMoments = 100 * time.Millisecond
	// behindBy is how much of the schedule k6 may be behind with its iterations, and fewestBehind how many of them.
	behindBy     = 100 * time.Millisecond
	fewestBehind = 2
	mostNamed    = 3
)

// iterations watches how k6 begins a script of the user's, which itself says nothing of when it was due:
// k6 tells when an iteration has ended and how long it took, so that it is known when each began.
type iterations struct {
	ended    int64
	bySecond []begun
	outside  map[string]int64 // requests for hosts that the plan does not have, by host
}

// begun is one second of the load.
type begun struct{ iterations, dropped, requests int64 }

func (i *iterations) began(at time.Duration) {
	i.ended++
	i.second(at).iterations++
}

func (i *iterations) dropped(at time.Duration, count int64) { i.second(at).dropped += count }

// asked counts a request that began so long after the start.
func (i *iterations) asked(trail *httpext.Trail, request request, at time.Duration) {
	if request.errorCode != codeBlacklistedIP && request.errorCode != codeBlockedHostname {
		i.second(at).requests++
		return
	}
	host := "unknown"
	text, _ := trail.Tags.Get("url")
	if parsed, err := url.Parse(text); err == nil && parsed.Host != "" {
		host = parsed.Host
	}
	if i.outside == nil {
		i.outside = map[string]int64{}
	}
	i.outside[host]++
}

func (i *iterations) second(at time.Duration) *begun {
	index := int(at / time.Second)
	for len(i.bySecond) <= index {
		i.bySecond = append(i.bySecond, begun{})
	}
	return &i.bySecond[index]
}

// missing is how many iterations were due until then, and neither ended nor were dropped.
func (i *iterations) missing(spec worker.Spec, until time.Duration) int64 {
	due := int64(math.Floor(arrivalsUntil(spec, max(until-lastMoments, 0)) + 1e-6))
	for _, each := range i.bySecond {
		due -= each.iterations + each.dropped
	}
	return max(due, 0)
}

// behind is in how many seconds k6 was late with more than those that it never began or gave up.
func (i *iterations) behind(spec worker.Spec, until time.Duration) (seconds int) {
	never := float64(i.missing(spec, until))
	seen := 0.0
	for index, each := range i.bySecond {
		end := time.Duration(index+1) * time.Second
		if end > until {
			break
		}
		seen += float64(each.iterations + each.dropped)
		due := arrivalsUntil(spec, end-behindBy)
		if due-seen-never > fewestBehind {
			seconds++
		}
	}
	return seconds
}

// saturation says why what the script did was limited by k6 or by the plan, and not by its hosts.
func (i *iterations) saturation(spec worker.Spec, stoppedAtMs *int64) []string {
	reasons := []string{}
	until := spec.Duration()
	if stoppedAtMs != nil {
		until = min(until, time.Duration(*stoppedAtMs)*time.Millisecond)
	}
	if behind := i.behind(spec, until); behind > 0 {
		reasons = append(reasons, fmt.Sprintf("k6 was behind its schedule by more than %d ms in %d of %d s", behindBy.Milliseconds(), behind, len(i.bySecond)))
	}
	atLimit := 0
	for _, each := range i.bySecond {
		if each.requests >= int64(spec.Script.MostPerSecond) {
			atLimit++
		}
	}
	if atLimit > 0 {
		reasons = append(reasons, fmt.Sprintf("the script made as many requests as the plan's limits let it (%d/s) in %d of %d s, and waited with others", spec.Script.MostPerSecond, atLimit, len(i.bySecond)))
	}
	if len(i.outside) > 0 {
		count := int64(0)
		for _, each := range i.outside {
			count += each
		}
		hosts := slices.Sorted(maps.Keys(i.outside))
		if len(hosts) > mostNamed {
			hosts = append(hosts[:mostNamed], "…")
		}
		reasons = append(reasons, fmt.Sprintf("%d requests were not sent, since the plan does not name their hosts: %s", count, strings.Join(hosts, ", ")))
	}
	return reasons
}
