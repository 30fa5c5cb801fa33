package cgroups

import (
	"strings"
	"testing"
)

func TestWhoseProcessItIs(t *testing.T) {
	hash := strings.Repeat("0f", 16)
	for text, want := range map[string]Owner{
		"0::" + systemd + "/cri-containerd-" + id + ".scope\n":                            {Pod: uid, Container: id},
		"0::" + systemd + "/crio-" + id + ".scope/container\n":                            {Pod: uid, Container: id},
		"0::" + plain + "/" + id + "\n":                                                   {Pod: uid, Container: id},
		"12:pids:" + plain + "/" + id + "\n0::/\n":                                        {Pod: uid, Container: id},
		"0::/system.slice/containerd.service/" + slice + ":cri-containerd:" + id + "\n":   {Pod: uid, Container: id},
		"0::/docker/" + other + "/kubelet" + plain + "/" + id + "\n":                      {Pod: uid, Container: id},
		"0::" + systemd + "/cri-containerd-" + id + ".scope/system.slice/nginx.service\n": {Pod: uid, Container: id},
		"0::/kubepods/burstable/pod" + hash + "/" + id + "\n":                             {Pod: hash, Container: id},
		"0::" + plain + "\n": {Pod: uid},
		"0::" + systemd + "/crio-conmon-" + id + ".scope\n":                                              {Unit: "crio-conmon-" + id + ".scope"},
		"0::/system.slice/tuned.service\n":                                                               {Unit: "tuned.service"},
		"1:name=systemd:/system.slice/ssh.service\n0::/\n":                                               {Unit: "ssh.service"},
		"0::/user.slice/user-0.slice/session-3.scope\n":                                                  {Unit: "session-3.scope"},
		"0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome\\x2dterminal-4711.scope\n": {Unit: "app-gnome\\x2dterminal-4711.scope"},
		"0::/docker/" + other + "\n":                                                                     {},
		"0::/\n":                                                                                         {},
		"":                                                                                               {},
	} {
		if got := OwnerOf(text); got != want {
			t.Errorf("%q is of %+v; want %+v", text, got, want)
		}
	}
}
