package endpoints

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// Follow tells every change of the Service's EndpointSlices until the context ends: the ready
// endpoints after it, which may be the same as before. After a failure, which goes to trouble, it
// lists anew, ever more patiently.
func (a *API) Follow(ctx context.Context, service string, changed func(Set), trouble func(error)) {
	pause := firstPause
	for ctx.Err() == nil {
		err := a.followOnce(ctx, service, func(set Set) {
			pause = firstPause
			changed(set)
		})
		if ctx.Err() != nil {
			return
		}
		trouble(err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// followOnce lists, and then watches for as long as that goes well.
func (a *API) followOnce(ctx context.Context, service string, changed func(Set)) error {
	all, version, err := a.list(ctx, service)
	if err != nil {
		return err
	}
	tell := func() error {
		set, err := readySet(all)
		if err == nil {
			changed(set)
		}
		return err
	}
	for err = tell(); err == nil; {
		version, err = a.watch(ctx, service, version, func(kind string, each slice) error {
			if kind == "DELETED" {
				delete(all, each.Metadata.Name)
			} else {
				all[each.Metadata.Name] = each
			}
			return tell()
		})
	}
	return err
}

// watch passes on changes until the API ends the watch, and gives the version to go on from.
func (a *API) watch(ctx context.Context, service, version string, changed func(kind string, each slice) error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, watchLength+requestLimit)
	defer cancel()
	body, err := a.get(ctx, service, url.Values{
		"watch":               {"1"},
		"resourceVersion":     {version},
		"allowWatchBookmarks": {"true"},
		"timeoutSeconds":      {strconv.Itoa(int(watchLength.Seconds()))},
	})
	if err != nil {
		return version, err
	}
	defer body.Close()
	for events := json.NewDecoder(body); ; {
		var event struct {
			Type   string          `json:"type"`
			Object json.RawMessage `json:"object"`
		}
		if err := events.Decode(&event); errors.Is(err, io.EOF) {
			return version, nil
		} else if err != nil {
			return version, fmt.Errorf("the watch of EndpointSlices broke: %w", err)
		}
		if event.Type == "ERROR" {
			var status apiStatus
			_ = json.Unmarshal(event.Object, &status)
			return version, fmt.Errorf("the API ended the watch: HTTP %d %s", status.Code, status.Message)
		}
		var each slice
		if err := json.Unmarshal(event.Object, &each); err != nil {
			return version, fmt.Errorf("an EndpointSlice is damaged: %w", err)
		}
		version = each.Metadata.ResourceVersion
		if event.Type == "BOOKMARK" {
			continue
		}
		if err := changed(event.Type, each); err != nil {
			return version, err
		}
	}
}
