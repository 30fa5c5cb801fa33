// Package extension is the JavaScript module k6/x/packetwalk: it lets a k6 script drive
// packetwalk's flood (programs/agent/flood), whose connections cost no virtual users.
package extension

import (
	"errors"

	"github.com/grafana/sobek"
	"go.k6.io/k6/js/common"
	"go.k6.io/k6/js/modules"
)

// Name is what scripts import. Its types are in ../packetwalk.d.ts.
const Name = "k6/x/packetwalk"

// Module is the module as k6 registers it, once a process.
type Module struct{}

// instance is the module as one virtual user sees it.
type instance struct {
	vu      modules.VU
	metrics *floodMetrics
}

// New gives the module.
func New() *Module { return &Module{} }

// NewModuleInstance is called by k6 for every virtual user that imports the module.
func (*Module) NewModuleInstance(vu modules.VU) modules.Instance {
	registered, err := registerMetrics(vu.InitEnv().Registry)
	if err != nil {
		common.Throw(vu.Runtime(), err)
	}
	return &instance{vu: vu, metrics: registered}
}

// Exports names what scripts can import.
func (i *instance) Exports() modules.Exports {
	return modules.Exports{Named: map[string]any{"flood": i.flood}}
}

// flood drives one flood and gives its report. Whatever is wrong is thrown into the script, and also
// fails the test run: k6 by itself would log the exception and exit with 0, and thresholds on metrics
// that never got a sample pass.
func (i *instance) flood(argument sobek.Value) sobek.Value {
	state := i.vu.State()
	if state == nil {
		common.Throw(i.vu.Runtime(), errors.New("flood() sends load, which only a function that k6 runs as a virtual user may do: call it in the default function or a scenario's exec function, not at the top of the script"))
	}
	report, err := i.run(state, argument)
	if err != nil {
		state.TestStatus.MarkFailed()
		common.Throw(i.vu.Runtime(), err)
	}
	return i.vu.Runtime().ToValue(report)
}
