package sysctl

import (
	"fmt"
	"strings"

	"packetwalk.dev/agent/netns"
)

const podPrefix = "pod:"

// Apply carries out requests in order, each in its place: "kernel" is the initial network
// namespace, where settings of the whole kernel are writable; "node" is the agent's own; "pod:<uid>"
// that of a pod on this node. What one request runs into is told in its answer and does not stop
// the others; the error is for when no request could be tried at all.
func Apply(requests []Request) ([]Answer, error) {
	pods, err := netns.PodProcesses(podsIn(requests))
	if err != nil {
		return nil, err
	}
	answers := make([]Answer, len(requests))
	for i, request := range requests {
		answers[i] = applyIn(request, pods)
	}
	return answers, nil
}

func applyIn(request Request, pods map[string]int) Answer {
	namespace, err := namespaceOf(request.In, pods)
	if err != nil {
		return Answer{Key: request.Key, In: request.In}.failed(err)
	}
	var answer Answer
	if err := netns.Do(namespace, func() error { answer = apply(request); return nil }); err != nil {
		return Answer{Key: request.Key, In: request.In}.failed(err)
	}
	return answer
}

func namespaceOf(place string, pods map[string]int) (string, error) {
	uid, isPod := strings.CutPrefix(place, podPrefix)
	switch {
	case place == "kernel":
		return netns.Initial(), nil
	case place == "node":
		return netns.Own, nil
	case !isPod || uid == "":
		return "", fmt.Errorf("%q is not a place for a sysctl: kernel, node or pod:<uid>", place)
	}
	pid, found := pods[uid]
	if !found {
		return "", fmt.Errorf("no process of pod %s runs on this node", uid)
	}
	return netns.OfProcess(pid), nil
}

func podsIn(requests []Request) []string {
	var uids []string
	for _, request := range requests {
		if uid, isPod := strings.CutPrefix(request.In, podPrefix); isPod && uid != "" {
			uids = append(uids, uid)
		}
	}
	return uids
}
