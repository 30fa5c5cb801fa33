package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/podpath"
)

type podPathChange struct {
	Spec   podpath.Spec   `json:"spec"`
	Before podpath.Before `json:"before"`
}

type podMTU struct {
	Pods []string `json:"pods"`
	MTU  int      `json:"mtu"`
}

// runPodPath reads and chooses the node's path to other nodes' pods; what to do comes as JSON on stdin.
func runPodPath(args []string) error {
	tasks := map[string]func() error{
		"plan": planPodPath, "set": setPodPath, "undo": undoPodPath, "read": readPodPath, "mtu": setPodMTU,
	}
	if len(args) == 0 || tasks[args[0]] == nil {
		return usagef("say which of plan, set, undo, read and mtu to do")
	}
	if err := parseFlags(flag.NewFlagSet("pod-path "+args[0], flag.ContinueOnError), args[1:]); err != nil {
		return err
	}
	return tasks[args[0]]()
}

func planPodPath() error {
	var spec podpath.Spec
	if err := readStdin(&spec); err != nil {
		return err
	}
	before, err := podpath.Plan(spec)
	if err != nil {
		return err
	}
	return printJSON(before)
}

func setPodPath() error {
	var change podPathChange
	if err := readStdin(&change); err != nil {
		return err
	}
	return podpath.SetJournalled(change.Spec, change.Before)
}

func undoPodPath() error {
	var before podpath.Before
	if err := readStdin(&before); err != nil {
		return err
	}
	left, err := podpath.UndoJournalled(before)
	if err != nil {
		return err
	}
	if left == nil {
		left = []string{}
	}
	return printJSON(left)
}

func readPodPath() error {
	var question podpath.Question
	if err := readStdin(&question); err != nil {
		return err
	}
	state, err := podpath.Read(question)
	if err != nil {
		return err
	}
	return printJSON(state)
}

func setPodMTU() error {
	var wanted podMTU
	if err := readStdin(&wanted); err != nil {
		return err
	}
	processes, err := netns.PodProcesses(wanted.Pods)
	if err != nil {
		return err
	}
	for _, uid := range wanted.Pods {
		pid, found := processes[uid]
		if !found {
			return fmt.Errorf("no process of pod %s runs on this node", uid)
		}
		inPod := func(work func() error) error { return netns.Do(netns.OfProcess(pid), work) }
		if err := podpath.SetPodMTU(inPod, wanted.MTU); err != nil {
			return fmt.Errorf("pod %s: %w", uid, err)
		}
	}
	return nil
}

func readStdin(into any) error {
	input := json.NewDecoder(os.Stdin)
	input.DisallowUnknownFields()
	if err := input.Decode(into); err != nil {
		return fmt.Errorf("stdin is not the JSON that this takes: %w", err)
	}
	return nil
}
