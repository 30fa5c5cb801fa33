// Package conntrack fills, empties and counts the connection tracking table of the calling
// process's network namespace over ctnetlink. It needs CAP_NET_ADMIN.
package conntrack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// Occupancy is how full a table is.
type Occupancy struct {
	Entries int `json:"entries"` // in this network namespace
	Limit   int `json:"limit"`   // one value for the whole kernel
}

// Count reads the table's occupancy.
func Count() (Occupancy, error) {
	entries, err := readNumber("/proc/sys/net/netfilter/nf_conntrack_count")
	if err != nil {
		return Occupancy{}, err
	}
	limit, err := readNumber("/proc/sys/net/netfilter/nf_conntrack_max")
	return Occupancy{Entries: entries, Limit: limit}, err
}

func readNumber(path string) (int, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, errors.New("this kernel tracks no connections here: its nf_conntrack module is not loaded")
	}
	if err != nil {
		return 0, fmt.Errorf("cannot read the connection tracking table's size: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}
