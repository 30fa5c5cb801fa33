// CoreDNS with upstream's own set of plugins, as a module so that its version and all that it is made of is pinned.
package main

import (
	_ "github.com/coredns/coredns/core/plugin"
	"github.com/coredns/coredns/coremain"
)

func main() { coremain.Run() }
