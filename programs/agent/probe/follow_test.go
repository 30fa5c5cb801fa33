package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"packetwalk.dev/agent/isolated"
)

// putInPod has a process in a cgroup that has a pod's name.
func putInPod(t *testing.T, uid string, process *exec.Cmd) {
	t.Helper()
	isolated.Require(t)
	group := ""
	for _, hierarchy := range []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"} {
		if _, err := os.Stat(filepath.Join(hierarchy, "cgroup.procs")); err == nil {
			group = filepath.Join(hierarchy, "packetwalk-test-pod"+uid)
			break
		}
	}
	if group == "" {
		t.Skip("no cgroup hierarchy is mounted")
	}
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skip(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end(process)
		_ = os.Remove(group)
	})
	if err := os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(strconv.Itoa(process.Process.Pid)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func end(process *exec.Cmd) {
	_ = process.Process.Kill()
	_ = process.Wait()
}

// uidFor is another one for each run of the tests.
func uidFor(name string) string { return fmt.Sprintf("%s-%d", name, os.Getpid()) }

// seen tells the samples as "NAME", "NAME began" or "NAME empty".
func seen(samples []Sample) string {
	var words []string
	for _, each := range samples {
		name, _, _ := strings.Cut(strings.TrimPrefix(each.Where, "pod:"), "-")
		if each.Began {
			name += " began"
		}
		if len(each.Counters) == 0 {
			name += " empty"
		}
		words = append(words, name)
	}
	return strings.Join(words, ", ")
}

func TestPodsComeAndGo(t *testing.T) {
	isolated.Require(t)
	follower := newFollower()
	defer follower.close()
	now := time.Now()
	expect := func(what, wanted string) {
		t.Helper()
		if got := seen(follower.sample(now)); got != wanted {
			t.Errorf("%s: %q instead of %q", what, got, wanted)
		}
		now = now.Add(longestPause)
	}
	early, late := uidFor("early"), uidFor("late")
	follower.obey(Order{Pod: early})
	expect("before it is there", "")

	first := isolated.Command("sleep", "60")
	putInPod(t, early, first)
	// It may have been there before it was asked for: what its counters were at the beginning is not known.
	expect("an early one that was found late", "early")

	second := isolated.Command("sleep", "60")
	follower.obey(Order{Pod: late})
	putInPod(t, late, second)
	expect("a new one", "early, late began")
	expect("a new one, again", "early, late")

	end(first)
	expect("one that has ended, a last time", "early, late")
	expect("and no more", "late")
	follower.obey(Order{Gone: early})
	follower.obey(Order{Gone: late})
	expect("one that is taken back, a last time", "late")
	expect("and no more", "")
	if len(follower.pods) != 0 {
		t.Errorf("still looked for: %v", follower.pods)
	}
}

func TestAPodInTheNodesNamespaceIsNotCountedTwice(t *testing.T) {
	isolated.Require(t)
	follower := newFollower()
	defer follower.close()
	follower.sample(time.Now())
	uid := uidFor("host")
	follower.obey(Order{Pod: uid})
	putInPod(t, uid, exec.Command("sleep", "60"))
	if got := seen(follower.sample(time.Now())); got != "host empty" {
		t.Errorf("%q", got)
	}
}

func TestFollowsOrdersWhileItSamples(t *testing.T) {
	isolated.Require(t)
	uid := uidFor("ordered")
	putInPod(t, uid, isolated.Command("sleep", "60"))
	orders := make(chan Order)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		orders <- Order{Pod: uid}
		time.Sleep(300 * time.Millisecond)
		orders <- Order{Gone: uid}
		time.Sleep(300 * time.Millisecond)
		stop()
	}()
	var output bytes.Buffer
	if err := Run(ctx, Options{Interval: 50 * time.Millisecond, Duration: 10 * time.Second, Orders: orders}, &output); err != nil {
		t.Fatal(err)
	}
	var with, without int
	for _, line := range strings.Split(strings.TrimSpace(output.String()), "\n") {
		var tick Tick
		if err := json.Unmarshal([]byte(line), &tick); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, `"pod:`+uid) {
			with++
		} else if with > 0 && len(tick.Samples) > 0 {
			without++
		}
	}
	if with < 2 || without < 2 {
		t.Errorf("%d samples with it and %d after it:\n%s", with, without, output.String())
	}
}
