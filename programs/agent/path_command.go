package main

import (
	"flag"
	"net"
	"time"

	"packetwalk.dev/agent/pathcheck"
	"packetwalk.dev/agent/podpath"
)

// runPathServer answers what path-client asks, over UDP and TCP, until it is ended.
func runPathServer(args []string) error {
	flags := flag.NewFlagSet("path-server", flag.ContinueOnError)
	port := flags.Int("port", 8091, "of both protocols")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	return pathcheck.Serve(*port)
}

// pathReport is what a client's pod found of its path to the server's.
type pathReport struct {
	Sizes       pathcheck.Sizes       `json:"sizes"`
	Connections pathcheck.Connections `json:"connections"`
	// Bulk is nil where a stream did not come to its end, and BulkTrouble says why.
	Bulk        *pathcheck.Bulk `json:"bulk"`
	BulkTrouble string          `json:"bulkTrouble"`
	// Integrity is nil where nothing passes.
	Integrity *pathcheck.Integrity `json:"integrity"`
}

// runPathClient asks the path to a server one question after another.
func runPathClient(args []string) error {
	flags := flag.NewFlagSet("path-client", flag.ContinueOnError)
	server := flags.String("server", "", "ADDRESS:PORT of a path-server, IPv4")
	seconds := flags.Float64("seconds", 1.5, "for new connections, and for bulk")
	workers := flags.Int("workers", 8, "that open connections")
	streams := flags.Int("streams", 1, "of bulk")
	datagrams := flags.Int("datagrams", 2000, "whose digests are compared")
	streamBytes := flags.Int64("stream-bytes", 32<<20, "of the stream whose digest is compared")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	address, err := net.ResolveUDPAddr("udp4", *server)
	if err != nil || address.IP == nil {
		return usagef("--server: %q is not ADDRESS:PORT", *server)
	}
	mtu, err := podpath.PodMTU()
	if err != nil {
		return err
	}
	var report pathReport
	if report.Sizes, err = pathcheck.ProbeSizes(address, mtu); err != nil {
		return err
	}
	length := time.Duration(*seconds * float64(time.Second))
	report.Connections = pathcheck.CountConnections(address, *workers, length)
	if passes := report.Sizes.Passes; passes != nil {
		checked, err := pathcheck.CheckIntegrity(address, *passes, *datagrams, *streamBytes)
		if err != nil {
			return err
		}
		report.Integrity = &checked
	}
	bulk, err := pathcheck.SendBulk(address, *streams, length)
	if err != nil {
		report.BulkTrouble = err.Error()
	} else {
		report.Bulk = &bulk
	}
	return printJSON(report)
}
