package probe

import (
	"maps"
	"os"
	"slices"
	"time"

	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/procfs"
)

// Order says which pods are to be sampled from now on; they may come and go.
type Order struct {
	Pod  string `json:"pod,omitempty"`  // UID of one that is sampled as soon as, and as long as, a process of it runs here
	Gone string `json:"gone,omitempty"` // UID of one that is sampled a last time
}

// A pod of which no process runs here is looked for again and again, ever less often: each time all processes are read.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 8 * time.Second
)

// follower samples the pods of the orders, as far as they are here.
type follower struct {
	pods     map[string]*followedPod
	ownTicks uint64 // since when this process runs
	hasBegun bool   // a sample was taken
}

type followedPod struct {
	place   *place // nil: no process of it runs here, as far as is known
	pid     int
	ticks   uint64
	isNew   bool // was not there yet, as far as is known, when the sampling began
	isGoing bool
	lookAt  time.Time
	pause   time.Duration
	isFirst bool // its next sample is its first
	isYoung bool // its namespace is as old as that sample at most
}

func newFollower() *follower {
	ticks, _ := procfs.StartTicks(os.Getpid())
	return &follower{pods: map[string]*followedPod{}, ownTicks: ticks}
}

func (f *follower) close() {
	for _, pod := range f.pods {
		pod.leave()
	}
}

func (f *follower) obey(order Order) {
	if pod, known := f.pods[order.Gone]; known {
		pod.isGoing = true
	}
	if order.Pod == "" {
		return
	}
	if pod, known := f.pods[order.Pod]; known {
		pod.isGoing = false
		return
	}
	f.pods[order.Pod] = &followedPod{isNew: f.hasBegun, isFirst: true, pause: firstPause}
}

// sample gives the counters of those that are here; of one whose process has ended, once more what its namespace has counted.
func (f *follower) sample(now time.Time) []Sample {
	f.look(now)
	f.hasBegun = true
	var samples []Sample
	for _, uid := range slices.Sorted(maps.Keys(f.pods)) {
		pod := f.pods[uid]
		if pod.place != nil {
			hasEnded := !isProcess(pod.pid, pod.ticks)
			counters, err := pod.place.read()
			if err == nil {
				samples = append(samples, Sample{Where: pod.place.name, Counters: counters, Began: pod.isFirst && pod.isYoung})
				pod.isFirst = false
			}
			if err != nil || hasEnded {
				pod.leave()
			}
		}
		if pod.isGoing {
			pod.leave()
			delete(f.pods, uid)
		}
	}
	return samples
}

// look opens those of which a process runs here by now.
func (f *follower) look(now time.Time) {
	var missing []string
	for uid, pod := range f.pods {
		if pod.place == nil && !now.Before(pod.lookAt) {
			missing = append(missing, uid)
		}
	}
	if len(missing) == 0 {
		return
	}
	processes, err := netns.PodProcesses(missing)
	for _, uid := range missing {
		pod := f.pods[uid]
		if pid, found := processes[uid]; err == nil && found && pod.enter(uid, pid, f.ownTicks) {
			continue
		}
		pod.lookAt = now.Add(pod.pause)
		pod.pause = min(2*pod.pause, longestPause)
	}
}

func (p *followedPod) enter(uid string, pid int, ownTicks uint64) bool {
	ticks, runs := procfs.StartTicks(pid)
	if !runs {
		return false
	}
	place, err := openFollowed(uid, pid)
	// Whatever was opened is of that process only if it runs still.
	if err != nil || !isProcess(pid, ticks) {
		place.close()
		return false
	}
	p.place, p.pid, p.ticks, p.pause = place, pid, ticks, firstPause
	p.isYoung = p.isNew && ticks > ownTicks && len(place.sources) > 0
	return true
}

// openFollowed opens nothing of a pod that is in the node's own namespace, which is sampled already.
func openFollowed(uid string, pid int) (*place, error) {
	own, err := netns.Inode(netns.Own)
	if err != nil {
		return &place{}, err
	}
	its, err := netns.Inode(netns.OfProcess(pid))
	if err != nil || its == own {
		return &place{name: "pod:" + uid}, err
	}
	return openPod(uid, pid)
}

func (p *followedPod) leave() {
	if p.place != nil {
		p.place.close()
	}
	p.place, p.lookAt = nil, time.Time{}
}

func isProcess(pid int, ticks uint64) bool {
	now, runs := procfs.StartTicks(pid)
	return runs && now == ticks
}
