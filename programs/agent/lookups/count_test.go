package lookups

import (
	"strings"
	"testing"

	"packetwalk.dev/agent/internal/getaddrinfo"
)

// TestAnswer asks for names by line: each is answered before the next is read, and an empty line ends it.
func TestAnswer(t *testing.T) {
	counting := Counting{Resolver: "glibc", Helper: getaddrinfo.Helper(t, "glibc")}
	var found []Found
	tell := func(each Found) error {
		found = append(found, each)
		return nil
	}
	questions := `{"kind":"there","name":"localhost","times":3}` + "\n" + `{"name":"localhost","times":1}` + "\n\n" + `{"name":"x","times":1}` + "\n"
	if err := counting.Answer(strings.NewReader(questions), tell); err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || found[0].Lookups[0].Outcomes[OK] != 3 || found[0].Lookups[0].Kind != "there" || found[1].Lookups[0].Scheduled != 1 {
		t.Errorf("%+v", found)
	}
	for _, refused := range []string{`{"name":"x","times":0}`, `{"times":1}`, "x"} {
		if err := counting.Answer(strings.NewReader(refused), tell); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", refused, err)
		}
	}
}
