package endpoints

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Sync is one set that a proxy took.
type Sync struct {
	AtUnixMs  float64 `json:"atUnixMs"` // from then on it led to these addresses and no others
	Addresses Set     `json:"addresses"`
}

// Proxy is who gets the sets.
type Proxy struct {
	File   string
	Format Format
	// Reload has the proxy take the new file, and returns when it has; nil where it does so by itself.
	Reload func(context.Context) error
}

// Take gives the proxy a set.
func (p Proxy) Take(ctx context.Context, set Set) (Sync, error) {
	text, err := p.Format(set)
	if err == nil {
		err = replaceFile(p.File, text)
	}
	if err == nil && p.Reload != nil {
		err = p.Reload(ctx)
	}
	return Sync{AtUnixMs: float64(time.Now().UnixMicro()) / 1000, Addresses: set}, err
}

// newest holds the last set only: whoever comes late need not see those between.
type newest struct {
	lock    sync.Mutex
	set     Set
	changed chan struct{} // holds one token when there is a set that was not taken
}

func newNewest() *newest { return &newest{changed: make(chan struct{}, 1)} }

func (n *newest) put(set Set) {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.set = set
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

func (n *newest) take() Set {
	n.lock.Lock()
	defer n.lock.Unlock()
	select {
	case <-n.changed:
	default:
	}
	return n.set
}

// retryPause is how long a set that the proxy did not take is held back.
const retryPause = time.Second

// Run gives the proxy the Service's ready endpoints, now and after each change, until the context
// ends. Between two syncs at least interval passes, also where the first one changed nothing: so
// does the rate limit of ingress-nginx's --sync-rate-limit, 0.3 a second by default.
func Run(ctx context.Context, api *API, service string, proxy Proxy, interval time.Duration, took func(Sync), trouble func(error)) {
	sets := newNewest()
	go api.Follow(ctx, service, sets.put, trouble)
	deliver(ctx, sets, proxy, interval, took, trouble)
}

func deliver(ctx context.Context, sets *newest, proxy Proxy, interval time.Duration, took func(Sync), trouble func(error)) {
	var current *Sync
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-sets.changed:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(last.Add(interval))):
		}
		last = time.Now()
		set := sets.take()
		if current != nil && slices.Equal(current.Addresses, set) {
			continue
		}
		synced, err := proxy.Take(ctx, set)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			trouble(err)
			current = nil
			time.AfterFunc(retryPause, func() { sets.again() })
			continue
		}
		current = &synced
		took(synced)
	}
}

// again has the newest set taken once more.
func (n *newest) again() {
	n.lock.Lock()
	defer n.lock.Unlock()
	select {
	case n.changed <- struct{}{}:
	default:
	}
}
