package conntrack

import (
	"encoding/binary"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"packetwalk.dev/agent/netfilter"
)

// Statistics reads the counters of one network namespace over ctnetlink. Kernels without
// CONFIG_NF_CONNTRACK_PROCFS have them nowhere else.
type Statistics struct{ conn *netlink.Conn }

// statistics are the names that /proc/net/stat/nf_conntrack has for what the kernel sends for each
// CPU (enum ctattr_stats_cpu). What a kernel no longer counts, or does not count yet, it does not send.
var statistics = map[uint16]string{
	2:  "found",
	4:  "invalid",
	6:  "delete",
	8:  "insert",
	9:  "insert_failed",
	10: "drop",
	11: "early_drop",
	12: "icmp_error",
	13: "search_restart",
	14: "clashres",
}

// OpenStatistics opens those of the calling thread's network namespace. Where connections are not
// tracked it is an error, and asking does not start it.
func OpenStatistics() (*Statistics, error) {
	// The socket's first message would have the kernel load the module.
	if _, err := Count(); err != nil {
		return nil, err
	}
	conn, err := netfilter.Dial()
	if err != nil {
		return nil, err
	}
	opened := &Statistics{conn: conn}
	if _, err := opened.Read(); err != nil {
		opened.Close()
		return nil, err
	}
	return opened, nil
}

// Close closes the socket.
func (s *Statistics) Close() { s.conn.Close() }

// Read gives the counters of now, summed over all CPUs.
func (s *Statistics) Read() (map[string]uint64, error) {
	request, err := netfilter.Request(messageStatsCPU, netlink.Dump, unix.AF_UNSPEC, nil)
	if err != nil {
		return nil, err
	}
	cpus, err := s.conn.Execute(request)
	if err != nil {
		return nil, fmt.Errorf("cannot read the connection tracking counters: %w", err)
	}
	counters := make(map[string]uint64, len(statistics))
	for _, cpu := range cpus {
		if err := addCPU(cpu, counters); err != nil {
			return nil, fmt.Errorf("cannot read the connection tracking counters: %w", err)
		}
	}
	return counters, nil
}

func addCPU(cpu netlink.Message, to map[string]uint64) error {
	_, attributes, err := netfilter.Attributes(cpu)
	if err != nil {
		return err
	}
	for attributes.Next() {
		name, known := statistics[attributes.Type()]
		if value := attributes.Bytes(); known && len(value) == 4 {
			to[name] += uint64(binary.BigEndian.Uint32(value))
		}
	}
	return attributes.Err()
}
