package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"packetwalk.dev/agent/clusterapi"
)

// cordonedBy is the annotation of a node that a run has cordoned: NAMESPACE/RUN (runner/faults/node.ts).
const cordonedBy = "packetwalk.dev/cordoned-by"

// page is how many nodes are listed at a time.
const page = 500

// uncordon lets pods on every node again that bears this run's mark, and on no other one.
func (k Keeper) uncordon(ctx context.Context) error {
	if k.Run == "" {
		return nil
	}
	mark := k.API.Namespace + "/" + k.Run
	nodes, err := k.marked(ctx, mark)
	failed := []error{err}
	for _, node := range nodes {
		if err := k.unmark(ctx, node, mark); err != nil {
			failed = append(failed, fmt.Errorf("node %s can't be uncordoned: %w", node, err))
		}
	}
	return errors.Join(failed...)
}

func (k Keeper) marked(ctx context.Context, mark string) ([]string, error) {
	var names []string
	for next := ""; ; {
		nodes, err := k.nodes(ctx, next)
		if err != nil {
			return names, fmt.Errorf("nodes can't be listed: %w", err)
		}
		for _, node := range nodes.Items {
			if node.Metadata.Annotations[cordonedBy] == mark {
				names = append(names, node.Metadata.Name)
			}
		}
		if next = nodes.Metadata.Continue; next == "" {
			return names, nil
		}
	}
}

type nodeList struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []struct {
		Metadata struct {
			Name        string            `json:"name"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	} `json:"items"`
}

func (k Keeper) nodes(ctx context.Context, next string) (nodes nodeList, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	path := fmt.Sprintf("/api/v1/nodes?limit=%d&continue=%s", page, url.QueryEscape(next))
	body, err := k.API.Do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nodes, err
	}
	defer body.Close()
	err = json.NewDecoder(body).Decode(&nodes)
	return nodes, err
}

// unmark changes nothing where the mark is another one by then.
func (k Keeper) unmark(ctx context.Context, node, mark string) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	path := "/metadata/annotations/" + strings.ReplaceAll(cordonedBy, "/", "~1")
	patch, err := json.Marshal([]map[string]any{
		{"op": "test", "path": path, "value": mark},
		{"op": "remove", "path": path},
		{"op": "add", "path": "/spec/unschedulable", "value": false},
	})
	if err != nil {
		return err
	}
	err = k.API.Patch(ctx, "/api/v1/nodes/"+node, patch)
	var answer clusterapi.Answer
	if errors.As(err, &answer) && (answer.Status == http.StatusNotFound || answer.Status == http.StatusUnprocessableEntity) {
		return nil
	}
	return err
}
