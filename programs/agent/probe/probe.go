// Package probe samples a node's kernel counters, and those of pods on it, at a steady interval.
package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/procfs"
)

// Options say what to sample and for how long.
type Options struct {
	Interval time.Duration
	Duration time.Duration
	PodUIDs  []string     // pods of this node whose network namespaces are sampled too, and have to be there
	Orders   <-chan Order // more of them, that come and go; nil: none
	Settings []Setting    // sysctls of which it is told when they change
	Writers  WatchWriters // tells who changes them; nil where that is not asked
}

// Tick is one line of output.
type Tick struct {
	AtUnixMs int64    `json:"atUnixMs"`
	Samples  []Sample `json:"samples"`
	// all of Options.Settings in the first tick, and then those that have changed
	Settings []SettingValue `json:"settings,omitempty"`
}

// Sample holds one network namespace's counters, as absolute values. What this kernel does not
// count is left out.
type Sample struct {
	Where    string          `json:"where"` // node or pod:<uid>
	Counters procfs.Counters `json:"counters"`
	// of a followed pod's first sample: its namespace is new, so that all of its counters began with 0 since the sample before
	Began bool `json:"began,omitempty"`
}

// End is the last line of output.
type End struct {
	End            bool     `json:"end"` // true
	OwnCPUMs       float64  `json:"ownCpuMs"`
	KernelLog      []string `json:"kernelLog"`                // the node's "table full" messages since the start
	KernelLogError string   `json:"kernelLogError,omitempty"` // why KernelLog is not known
	// where the node's counters of connection tracking were read
	ConntrackFrom ConntrackFrom `json:"conntrackFrom"`
	// why nobody was seen who sets what is watched
	WritersUnseen string `json:"writersUnseen,omitempty"`
}

// Run writes one Tick per interval, the first at once and the last at its end, and an End when the duration is over or the
// context is done. A counter that cannot be read, or one of PodUIDs that is not on this node, is an error.
func Run(ctx context.Context, options Options, output io.Writer) error {
	log, logErr := watchTableFull()
	if logErr == nil {
		defer log.close()
	}
	places, err := openPlaces(options.PodUIDs)
	defer func() {
		for _, each := range places {
			each.close()
		}
	}()
	if err != nil {
		return err
	}
	lines := json.NewEncoder(output)
	watched := watchSettings(options.Settings, options.Writers)
	defer watched.close()
	first, last, err := sampleUntilDone(ctx, options, places, watched, lines)
	if err != nil {
		return err
	}
	end := End{End: true, KernelLog: []string{}, ConntrackFrom: places[0].conntrackFrom, WritersUnseen: watched.writers.unseen}
	if logErr == nil {
		end.KernelLog, logErr = log.tableFull(mayHaveDropped(first, last))
	}
	if logErr != nil {
		end.KernelLogError = logErr.Error()
	}
	end.OwnCPUMs = ownCPU().Seconds() * 1000
	return lines.Encode(end)
}

// mayHaveDropped tells whether the node's table dropped anything between two samples, as far as is known.
func mayHaveDropped(first, last Tick) bool {
	before, known := first.Samples[0].Counters["conntrackDrop"]
	return !known || last.Samples[0].Counters["conntrackDrop"] != before
}

// sampleUntilDone gives the first and the last sample.
func sampleUntilDone(
	ctx context.Context, options Options, places []*place, watched *settings, lines *json.Encoder,
) (first, last Tick, err error) {
	ctx, cancel := context.WithTimeout(ctx, options.Duration)
	defer cancel()
	pods := newFollower()
	defer pods.close()
	ticker := time.NewTicker(options.Interval)
	defer ticker.Stop()
	for isOver := false; ; {
		if last, err = sample(places); err != nil {
			return first, last, err
		}
		last.Samples = append(last.Samples, pods.sample(time.Now())...)
		if last.Settings, err = watched.changed(time.Now(), isOver); err != nil {
			return first, last, err
		}
		if first.Samples == nil {
			first = last
		}
		if err := lines.Encode(last); err != nil {
			return first, last, fmt.Errorf("cannot write a sample: %w", err)
		}
		if isOver {
			return first, last, nil
		}
		for isDue := false; !isDue; {
			select {
			case <-ctx.Done():
				isOver, isDue = true, true // one more: what came since the last one counts too
			case <-ticker.C:
				isDue = true
			case order := <-options.Orders:
				pods.obey(order)
			}
		}
	}
}

func sample(places []*place) (Tick, error) {
	tick := Tick{AtUnixMs: time.Now().UnixMilli(), Samples: make([]Sample, len(places))}
	for i, each := range places {
		counters, err := each.read()
		if err != nil {
			return tick, err
		}
		tick.Samples[i] = Sample{Where: each.name, Counters: counters}
	}
	return tick, nil
}

// openPlaces gives back what it opened even when it fails.
func openPlaces(podUIDs []string) ([]*place, error) {
	node, err := openNode()
	places := []*place{node}
	if err != nil {
		return places, err
	}
	processes, err := netns.PodProcesses(podUIDs)
	if err != nil {
		return places, err
	}
	var missing []string
	for _, uid := range podUIDs {
		pid, found := processes[uid]
		if !found {
			missing = append(missing, uid)
			continue
		}
		pod, err := openPod(uid, pid)
		places = append(places, pod)
		if err != nil {
			return places, err
		}
	}
	if len(missing) > 0 {
		return places, fmt.Errorf("no process of pod %s runs on this node", strings.Join(missing, ", "))
	}
	return places, nil
}

// tableFullWatch is the kernel log, filtered.
type tableFullWatch struct {
	*kernelLog
	wanted tableFull
}

func watchTableFull() (tableFullWatch, error) {
	wanted, err := tableFullOfNode()
	if err != nil {
		return tableFullWatch{}, err
	}
	log, err := openKernelLog()
	return tableFullWatch{kernelLog: log, wanted: wanted}, err
}

// tableFull gives the messages. One that may be any namespace's is taken for this node's if its
// table may have dropped something.
func (w tableFullWatch) tableFull(mayHaveDropped bool) ([]string, error) {
	messages, err := w.messages()
	matching := []string{}
	if w.wanted.isAnybodys && !mayHaveDropped {
		return matching, err
	}
	for _, message := range messages {
		if w.wanted.isIn(message) {
			matching = append(matching, message)
		}
	}
	return matching, err
}

// ownCPU is what this process has used so far.
func ownCPU() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
