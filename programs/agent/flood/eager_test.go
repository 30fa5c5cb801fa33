package flood

import "testing"

func TestEagerSendsArePromptlyGivenUpAndTriedAgain(t *testing.T) {
	var e eager
	attempts := 0
	for launch := range 10 * launchesPerTry {
		if e.tries() {
			attempts++
			e.tried(launch >= 5*launchesPerTry-1) // the peer moves to this host halfway
		}
	}
	if wanted := 5*launchesPerTry + 5; attempts < wanted-2 || attempts > wanted+2 {
		t.Errorf("%d attempts, want about %d", attempts, wanted)
	}
}
