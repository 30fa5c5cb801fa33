package procfs

import (
	"bytes"
	"strconv"
)

// Names maps a kernel's name of a counter to ours.
type Names map[string]string

// Tables reads a file of line pairs, a header and its values, each led by the table's name, which
// is the format of /proc/net/snmp and /proc/net/netstat.
func Tables(text []byte, table string, names Names, into Counters) {
	prefix := []byte(table + ":")
	var header [][]byte
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(line, prefix) {
			continue
		}
		fields := bytes.Fields(line[len(prefix):])
		if header == nil {
			header = fields
			continue
		}
		for i, name := range header[:min(len(header), len(fields))] {
			if ours, wanted := names[string(name)]; wanted {
				put(into, ours, fields[i], 10)
			}
		}
		return
	}
}

// Sockstat reads one protocol's line of /proc/net/sockstat: its name and then name, value, …
func Sockstat(text []byte, protocol string, names Names, into Counters) {
	prefix := []byte(protocol + ":")
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(line, prefix) {
			continue
		}
		fields := bytes.Fields(line[len(prefix):])
		for i := 0; i+1 < len(fields); i += 2 {
			if ours, wanted := names[string(fields[i])]; wanted {
				put(into, ours, fields[i+1], 10)
			}
		}
	}
}

// conntrackEntries is the one column of /proc/net/stat/nf_conntrack that is not per CPU: every
// row repeats the whole table's count.
const conntrackEntries = "entries"

// ConntrackStat reads /proc/net/stat/nf_conntrack: a header, then one row of hexadecimal numbers
// per CPU, which are summed up.
func ConntrackStat(text []byte, names Names, into Counters) {
	var header [][]byte
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if header == nil {
			header = fields
			continue
		}
		for i, name := range header[:min(len(header), len(fields))] {
			ours, wanted := names[string(name)]
			if !wanted {
				continue
			}
			if string(name) == conntrackEntries {
				put(into, ours, fields[i], 16)
			} else {
				add(into, ours, fields[i], 16)
			}
		}
	}
}

// Softnet columns, fixed since 2.6 and without a header (net/core/net-procfs.c).
const (
	softnetDropped     = 1
	softnetTimeSqueeze = 2
)

// Softnet reads /proc/net/softnet_stat: one row of hexadecimal numbers per CPU.
func Softnet(text []byte, dropped, timeSqueeze string, into Counters) {
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) > softnetTimeSqueeze {
			add(into, dropped, fields[softnetDropped], 16)
			add(into, timeSqueeze, fields[softnetTimeSqueeze], 16)
		}
	}
}

func put(into Counters, name string, text []byte, base int) {
	if value, ok := number(text, base); ok {
		into[name] = value
	}
}

func add(into Counters, name string, text []byte, base int) {
	if value, ok := number(text, base); ok {
		into[name] += value
	}
}

// number reads a counter; the few that the kernel prints as −1 (no limit) are not counters.
func number(text []byte, base int) (uint64, bool) {
	value, err := strconv.ParseUint(string(text), base, 64)
	return value, err == nil
}
