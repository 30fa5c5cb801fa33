package podwatch

// Order is one line of input: exactly one of its fields is set.
type Order struct {
	Container string `json:"container,omitempty"` // watch this container's main process
	Address   string `json:"address,omitempty"`   // watch whether this node's rules lead to it
	Ping      int    `json:"ping,omitempty"`      // answer at once: it tells how the clocks differ, and that somebody still listens
	End       bool   `json:"end,omitempty"`
}

// Event is one line of output. Fields beyond the first two go with the kind.
type Event struct {
	Kind     Kind    `json:"kind"`
	AtUnixMs float64 `json:"atUnixMs"` // on this node's clock

	Container      string `json:"container,omitempty"`
	IgnoresSigterm *bool  `json:"ignoresSigterm,omitempty"` // of Process
	Signal         string `json:"signal,omitempty"`         // of Signalled, e.g. SIGTERM
	Ignored        *bool  `json:"ignored,omitempty"`        // of Signalled: the process took no notice
	Address        string `json:"address,omitempty"`
	Ping           int    `json:"ping,omitempty"`
	What           string `json:"what,omitempty"`   // of Blind: signals or rules
	Reason         string `json:"reason,omitempty"` // of Blind
	// OwnCPUMs is the watch's own cost, of Ended.
	OwnCPUMs *float64 `json:"ownCpuMs,omitempty"`
}

// Kind says what an Event tells.
type Kind string

const (
	Started   Kind = "started"   // the watch is on
	Blind     Kind = "blind"     // something cannot be watched on this node
	Process   Kind = "process"   // a container's main process was found
	NoProcess Kind = "noProcess" // it was not, or not any more
	Signalled Kind = "signal"
	Exited    Kind = "exit"
	Led       Kind = "led"  // the rules lead to the address: from now on, or when it was first asked
	Gone      Kind = "gone" // they do not, or not any more
	Pong      Kind = "pong"
	Ended     Kind = "end" // the last line
)

// What a node can be blind to.
const (
	blindToSignals = "signals"
	blindToRules   = "rules"
)
