package sysctl

import (
	"fmt"
	"strings"
	"testing"

	"packetwalk.dev/agent/isolated"
)

const finTimeout = "net.ipv4.tcp_fin_timeout"

func set(key, place, value string) Request { return Request{Key: key, In: place, Set: &value} }

func get(key, place string) Request { return Request{Key: key, In: place} }

// startPod starts a process in a network namespace of its own, as a pod's is.
func startPod(t *testing.T) int {
	t.Helper()
	pod := isolated.Command("sleep", "60")
	if err := pod.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = pod.Process.Kill()
		_ = pod.Wait()
	})
	return pod.Process.Pid
}

func text(value *string) string {
	if value == nil {
		return "null"
	}
	return *value
}

func expect(t *testing.T, answer Answer, before, got, problem string) {
	t.Helper()
	described := fmt.Sprintf("%s in %s: %s → %s, error %s", answer.Key, answer.In, text(answer.Before), text(answer.Got), text(answer.Error))
	if text(answer.Before) != before || text(answer.Got) != got || !strings.HasPrefix(text(answer.Error), problem) {
		t.Errorf("%s; want %s → %s, error %s", described, before, got, problem)
	}
}

func TestPlacesAreApart(t *testing.T) {
	isolated.Require(t)
	pods := map[string]int{"a": startPod(t), "b": startPod(t)}
	expect(t, applyIn(set(finTimeout, "node", "17"), pods), "60", "17", "null")
	expect(t, applyIn(get(finTimeout, "pod:a"), pods), "60", "60", "null") // a node's value reaches no pod
	expect(t, applyIn(set(finTimeout, "pod:a", "19"), pods), "60", "19", "null")
	expect(t, applyIn(get(finTimeout, "pod:b"), pods), "60", "60", "null")
	expect(t, applyIn(get(finTimeout, "node"), pods), "17", "17", "null")
	if kernel := applyIn(get(finTimeout, "kernel"), pods); kernel.Got == nil || *kernel.Got == "17" {
		t.Errorf("in the initial namespace it is %s (%s), but was set in another", text(kernel.Got), text(kernel.Error))
	}
	expect(t, applyIn(set(finTimeout, "node", "60"), pods), "17", "60", "null")
}

func TestListsAreReadBack(t *testing.T) {
	isolated.Require(t)
	answer := applyIn(set("net/ipv4/ip_local_port_range", "node", "1024 65535"), nil)
	expect(t, answer, "32768\t60999", "1024\t65535", "null")
	applyIn(set("net.ipv4.ip_local_port_range", "node", "32768 60999"), nil)
}

func TestRefusedWritesAreAnswers(t *testing.T) {
	isolated.Require(t)
	const conntrackMax = "net.netfilter.nf_conntrack_max"
	limit := text(applyIn(get(conntrackMax, "node"), nil).Got)
	answers, err := Apply([]Request{
		set(conntrackMax, "node", "1000"), // the whole kernel's, read-only in all namespaces but the initial one
		set(finTimeout, "node", "soon"),
		set("net.ipv4.no_such_setting", "node", "1"),
		get(finTimeout, "pod:nowhere"),
		get(finTimeout, "cluster"),
		get("../../etc/passwd", "node"),
		get(finTimeout, "node"),
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, answers[0], limit, limit, "EACCES: ")
	expect(t, answers[1], "60", "60", "EINVAL: ")
	expect(t, answers[2], "null", "null", "ENOENT: ")
	expect(t, answers[3], "null", "null", "no process of pod nowhere")
	expect(t, answers[4], "null", "null", `"cluster" is not a place`)
	expect(t, answers[5], "null", "null", `"../../etc/passwd" is not a sysctl key`)
	expect(t, answers[6], "60", "60", "null")
}

func TestKeysResolveAsSysctlDoes(t *testing.T) {
	for key, want := range map[string]string{
		"net.ipv4.ip_forward":              "/proc/sys/net/ipv4/ip_forward",
		"net/ipv4/conf/eth0.100/rp_filter": "/proc/sys/net/ipv4/conf/eth0.100/rp_filter",
		"net.ipv4.conf.eth0/100.rp_filter": "/proc/sys/net/ipv4/conf/eth0.100/rp_filter",
		"vm.swappiness":                    "/proc/sys/vm/swappiness",
		"":                                 "",
		".":                                "",
		"net..ipv4":                        "",
		"/proc/sys/net/ipv4/ip_forward":    "",
		"net/../../../etc/passwd":          "",
		"net/ipv4/../ipv4/ip_forward":      "",
	} {
		path, err := pathOf(key)
		if path != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", key, path, err, want)
		}
	}
}
