// packetwalk-agent runs inside pods: it drives load from load pods, and reads and changes kernel
// state from a privileged pod on every node. Results go to stdout as JSON; a failure is one
// sentence on stderr and exit code 1 (2 for wrong usage).
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
)

// commands maps a command's name to its function, which gets the arguments after that name.
var commands = map[string]func(args []string) error{
	"address":        runAddress,
	"chain":          runChain,
	"conntrack":      runConntrack,
	"dns-ask":        runDNSAsk,
	"dns-upstream":   runDNSUpstream,
	"endpoints-sync": runEndpointsSync,
	"flood":          runFlood,
	"gate":           runGate,
	"heal":           runHeal,
	"heartbeat":      runHeartbeat,
	"hold":           runHold,
	"keeper":         runKeeper,
	"kill":           runKill,
	"lead":           runLead,
	"listeners":      runListeners,
	"lookups":        runLookups,
	"machine":        runMachine,
	"path-client":    runPathClient,
	"path-server":    runPathServer,
	"pause":          runPause,
	"pod-path":       runPodPath,
	"podwatch":       runPodwatch,
	"probe":          runProbe,
	"proxy-cost":     runProxyCost,
	"reach":          runReach,
	"service-rules":  runServiceRules,
	"sysctl":         runSysctl,
	"throttling":     runThrottling,
}

func main() {
	if len(os.Args) < 2 {
		exitUsage("no command given")
	}
	command, known := commands[os.Args[1]]
	if !known {
		exitUsage(fmt.Sprintf("unknown command %q", os.Args[1]))
	}
	err := command(os.Args[2:])
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
	case errors.As(err, new(usageError)):
		fmt.Fprintf(os.Stderr, "packetwalk-agent %s: %v\n", os.Args[1], err)
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "packetwalk-agent %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func exitUsage(problem string) {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprintf(os.Stderr, "packetwalk-agent: %s; the commands are %s\n", problem, strings.Join(names, ", "))
	os.Exit(2)
}
