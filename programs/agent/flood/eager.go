package flood

// eager decides whether to send right after connect(2). On one host, pods included, the handshake is
// over when a non-blocking connect returns (the kernel delivers the packets before it leaves the
// call), and sending at once saves the event that would tell of it: a wait in three. Elsewhere it is
// one call in vain for each connection; so it is done only as long as it works, and tried again once
// in a while.
type eager struct {
	failed   bool
	launches uint
}

const launchesPerTry = 256

func (e *eager) tries() bool {
	e.launches++
	return !e.failed || e.launches%launchesPerTry == 0
}

func (e *eager) tried(worked bool) { e.failed = !worked }
