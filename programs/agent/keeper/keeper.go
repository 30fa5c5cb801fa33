// Package keeper takes down what a dead runner left, from inside its namespace.
package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"packetwalk.dev/agent/clusterapi"
)

// requestLimit is the longest that one question to the API may take.
const requestLimit = 10 * time.Second

// Keeper watches over one run.
type Keeper struct {
	API   *clusterapi.API
	Lease string        // renewed by the runner
	Run   string        // whose marks on nodes are taken away; empty: it marks none
	Limit time.Duration // longest time without a renewal
	Every time.Duration // between two looks
}

// Watch returns nil once the Lease has not been renewed for the limit, or is gone, the nodes that the run has cordoned take pods
// again, and the namespace was deleted. Renewals are told by a change, not by comparing clocks, and a time in which the API could
// not be asked counts for nothing: the runner could not renew then either.
func (k Keeper) Watch(ctx context.Context, trouble func(error)) error {
	var last string
	since := time.Now()
	for {
		renewed, err := k.renewed(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			trouble(err)
			since = time.Now()
		case renewed != last:
			last, since = renewed, time.Now()
		case time.Since(since) > k.Limit:
			// With the namespace goes whoever would try again, so a node that can't be uncordoned is waited for, but not for ever.
			err = k.uncordon(ctx)
			if err != nil {
				trouble(err)
			}
			if err == nil || time.Since(since) > 2*k.Limit {
				if err = k.deleteNamespace(ctx); err == nil {
					return nil
				}
				trouble(err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(k.Every):
		}
	}
}

// renewed is when the Lease was renewed, as its holder says; empty if there is none.
func (k Keeper) renewed(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	path := "/apis/coordination.k8s.io/v1/namespaces/" + k.API.Namespace + "/leases/" + k.Lease
	body, err := k.API.Do(ctx, http.MethodGet, path, nil)
	if isNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer body.Close()
	var lease struct {
		Spec struct {
			RenewTime string `json:"renewTime"`
		} `json:"spec"`
	}
	err = json.NewDecoder(body).Decode(&lease)
	return lease.Spec.RenewTime, err
}

func (k Keeper) deleteNamespace(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	body, err := k.API.Do(ctx, http.MethodDelete, "/api/v1/namespaces/"+k.API.Namespace, nil)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return body.Close()
}

func isNotFound(err error) bool {
	var answer clusterapi.Answer
	return errors.As(err, &answer) && answer.Status == http.StatusNotFound
}
