package endpoints

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

func set(addresses ...string) Set {
	set := Set{}
	for _, each := range addresses {
		set = append(set, netip.MustParseAddrPort(each))
	}
	return set
}

func TestNGINXGetsOneServerLineForEachEndpoint(t *testing.T) {
	format := NGINX("127.0.0.1:8503")
	for _, each := range []struct {
		set  Set
		want string
	}{
		{set("10.1.0.2:80", "[fd00::7]:8080"), "server 10.1.0.2:80 max_fails=0;\nserver [fd00::7]:8080 max_fails=0;\n"},
		{set(), "server 127.0.0.1:8503;\n"},
	} {
		if text, err := format(each.set); err != nil || string(text) != each.want {
			t.Errorf("%v gave %q, %v", each.set, text, err)
		}
	}
}

func TestEnvoyGetsANewVersionOfItsAssignment(t *testing.T) {
	format := EnvoyEDS("web")
	for version, want := range []string{
		`{"resources":[{"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","cluster_name":"web",` +
			`"endpoints":[{"lb_endpoints":[{"endpoint":{"address":{"socket_address":{"address":"fd00::7","port_value":80}}}}]}]}],"version_info":"1"}`,
		`{"resources":[{"@type":"type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment","cluster_name":"web",` +
			`"endpoints":[{"lb_endpoints":[]}]}],"version_info":"2"}`,
	} {
		text, err := format([]Set{set("[fd00::7]:80"), set()}[version])
		if err != nil || string(text) != want || !json.Valid(text) {
			t.Errorf("version %d: %s, %v", version+1, text, err)
		}
	}
}

func TestReplaceFileLeavesNothingElse(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "servers.conf")
	for _, text := range []string{"first", "second"} {
		if err := replaceFile(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if err := replaceFile(filepath.Join(folder, "missing", "servers.conf"), nil); err == nil {
		t.Error("a missing folder is not an error")
	}
	if names, _ := filepath.Glob(filepath.Join(folder, "*")); len(names) != 1 {
		t.Errorf("left: %v", names)
	}
}
