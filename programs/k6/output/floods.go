package output

import (
	"fmt"
	"sync"

	"packetwalk.dev/agent/flood"
)

// floods holds the reports of a script's flood() calls: the output sees samples, and those of a flood
// are too coarse to make a report of.
var floods struct {
	sync.Mutex
	reports []flood.Report
}

// Handover gives the output a flood's report. In a script that floods, the flood is the load: its
// other requests are bystanders and not reported.
func Handover(report flood.Report) {
	floods.Lock()
	defer floods.Unlock()
	floods.reports = append(floods.reports, report)
}

// handedOver gives the one flood's report, if there was any.
func handedOver() (flood.Report, bool, error) {
	floods.Lock()
	defer floods.Unlock()
	switch len(floods.reports) {
	case 0:
		return flood.Report{}, false, nil
	case 1:
		return floods.reports[0], true, nil
	}
	return flood.Report{}, false, fmt.Errorf("the script ran %d floods, and a packetwalk report holds one", len(floods.reports))
}
