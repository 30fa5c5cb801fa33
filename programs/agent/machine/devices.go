// Package machine tells what a node is made of, as far as packets feel it: its network devices and
// the search list that it gives to pods.
package machine

import (
	"fmt"
	"net"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Device is a network device of this network namespace.
type Device struct {
	Name   string `json:"name"`
	Driver string `json:"driver"` // as ethtool calls it; empty where it has none
	MTU    int    `json:"mtu"`
	// whether the device makes checksums of what is sent; nil where it does not say
	TxChecksum *bool `json:"txChecksum"`
}

// Devices lists them, loopback left out.
func Devices() ([]Device, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("cannot list network devices: %w", err)
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot ask network devices: %w", err)
	}
	defer unix.Close(socket)
	devices := make([]Device, 0, len(interfaces))
	for _, each := range interfaces {
		if each.Flags&net.FlagLoopback != 0 {
			continue
		}
		devices = append(devices, Device{
			Name:       each.Name,
			Driver:     driver(socket, each.Name),
			MTU:        each.MTU,
			TxChecksum: txChecksum(socket, each.Name),
		})
	}
	return devices, nil
}

func driver(socket int, name string) string {
	info, err := unix.IoctlGetEthtoolDrvinfo(socket, name)
	if err != nil {
		return ""
	}
	return unix.ByteSliceToString(info.Driver[:])
}

// ethtoolValue is struct ethtool_value of linux/ethtool.h.
type ethtoolValue struct{ command, data uint32 }

// ifreqData is struct ifreq with a pointer in it.
type ifreqData struct {
	name [unix.IFNAMSIZ]byte
	data unsafe.Pointer
	_    [24 - unsafe.Sizeof(uintptr(0))]byte
}

// txChecksum asks by ETHTOOL_GTXCSUM, which every kernel since 2.4 answers.
func txChecksum(socket int, name string) *bool {
	value := ethtoolValue{command: unix.ETHTOOL_GTXCSUM}
	request := ifreqData{data: unsafe.Pointer(&value)}
	copy(request.name[:unix.IFNAMSIZ-1], name)
	_, _, failed := unix.Syscall(unix.SYS_IOCTL, uintptr(socket), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	if failed != 0 {
		return nil
	}
	isOn := value.data != 0
	return &isOn
}

// Search reads the search list of a resolv.conf; the last of several lines counts.
func Search(text string) []string {
	list := []string{}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 && (words[0] == "search" || words[0] == "domain") {
			list = words[1:]
		}
	}
	return list
}
