package cgroups

import (
	"strings"
	"testing"
)

const uid = "0b8a8d2e-5a9f-4e1c-9d1a-0c3f6a7b8c9d"

var (
	id      = strings.Repeat("a1", 32)
	other   = strings.Repeat("b2", 32)
	slice   = "kubepods-burstable-pod" + strings.ReplaceAll(uid, "-", "_") + ".slice"
	systemd = "/kubepods.slice/kubepods-burstable.slice/" + slice
	plain   = "/kubepods/burstable/pod" + uid
)

func TestContainersOfEveryRuntime(t *testing.T) {
	for name, text := range map[string]string{
		"containerd, systemd, v2":           "0::" + systemd + "/cri-containerd-" + id + ".scope\n",
		"containerd, cgroupfs, v2":          "0::" + plain + "/" + id + "\n",
		"containerd, cgroupfs, v1":          "12:pids:" + plain + "/" + id + "\n4:cpu,cpuacct:" + plain + "/" + id + "\n0::/\n",
		"containerd, drivers that disagree": "0::/system.slice/containerd.service/" + slice + ":cri-containerd:" + id + "\n",
		"CRI-O, systemd":                    "0::" + systemd + "/crio-" + id + ".scope\n",
		"CRI-O with crun":                   "0::" + systemd + "/crio-" + id + ".scope/container\n",
		"CRI-O, cgroupfs":                   "0::" + plain + "/crio-" + id + "\n",
		"cri-dockerd, systemd, v1":          "1:name=systemd:" + systemd + "/docker-" + id + ".scope\n",
		"cri-dockerd, cgroupfs":             "0::" + plain + "/" + id + "\n",
		"Podman":                            "0::/machine.slice/libpod-" + id + ".scope\n",
		"a node that is a container":        "0::/docker/" + other + "/kubelet" + plain + "/" + id + "\n",
		"a container with an init system":   "0::" + systemd + "/cri-containerd-" + id + ".scope/system.slice/nginx.service\n",
	} {
		if !InContainer(text, id) {
			t.Errorf("%s: not in the container: %s", name, text)
		}
		if name != "Podman" && !InPod(text, uid) {
			t.Errorf("%s: not in the pod: %s", name, text)
		}
		if InContainer(text, strings.Repeat("c3", 32)) || InPod(text, "0b8a8d2e-5a9f-4e1c-9d1a-0c3f6a7b8c9") {
			t.Errorf("%s: in another container or pod", name)
		}
	}
}

func TestAMonitorIsNoContainer(t *testing.T) {
	for _, text := range []string{
		"0::" + systemd + "/crio-conmon-" + id + ".scope\n",
		"0::" + plain + "/crio-conmon-" + id + "\n",
		"12:pids:" + systemd + "/crio-conmon-" + id + ".scope\n1:name=systemd:" + systemd + "/crio-conmon-" + id + ".scope\n",
		"0::/machine.slice/libpod-conmon-" + id + ".scope\n",
		"0::" + systemd + "/crio-conmonrs-" + id + ".scope\n",
		"0::" + systemd + "/conmon\n",
		"0::/system.slice/crio.service\n",
	} {
		if InContainer(text, id) || InPod(text, uid) {
			t.Errorf("a monitor is taken for a container or its pod: %s", text)
		}
	}
}

func TestALongerNameIsAnother(t *testing.T) {
	if InPod("0::/kubepods/pod22223/x\n", "2222") || InPod("0::/kubepods/xpod2222/x\n", "2222") {
		t.Error("a longer uid is taken for a shorter one")
	}
	if InContainer("0::/kubepods/pod1/"+id+"ff\n", id) || InContainer("0::/kubepods/pod1/ff"+id+"\n", id) {
		t.Error("a longer id is taken for a shorter one")
	}
}
