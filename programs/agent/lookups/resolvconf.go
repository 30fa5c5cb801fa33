package lookups

import (
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	resolvConfFile = "/etc/resolv.conf"
	// RES_TIMEOUT of glibc (resolv.h), and musl's default too.
	defaultTimeout = 5 * time.Second
)

// ResolvConf gives the resolver's configuration as it is found here; empty if there is none.
func ResolvConf() string {
	text, err := os.ReadFile(resolvConfFile)
	if err != nil {
		return ""
	}
	return string(text)
}

// ResolverTimeout is how long the resolver here waits for an answer.
func ResolverTimeout() time.Duration { return timeoutOf(ResolvConf()) }

// timeoutOf is how long a resolver with this configuration waits for an answer before it asks again
// (resolv.conf(5), "timeout:n") or, musl's, in all.
func timeoutOf(resolvConf string) time.Duration {
	timeout := defaultTimeout
	for _, line := range strings.Split(resolvConf, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "options" {
			continue
		}
		for _, option := range words[1:] {
			text, is := strings.CutPrefix(option, "timeout:")
			if seconds, err := strconv.Atoi(text); is && err == nil && seconds > 0 {
				timeout = time.Duration(seconds) * time.Second
			}
		}
	}
	return timeout
}
