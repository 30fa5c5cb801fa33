package probe

import (
	"packetwalk.dev/agent/netns"
	"packetwalk.dev/agent/sysctl"
	"packetwalk.dev/agent/sysctlwrites"
)

// By is who set a sysctl to the value that it was found to have.
type By struct {
	sysctlwrites.Writer
	Writes int `json:"writes"` // of the setting since it was last read, by anybody; this is the last of that value
}

// writers sees who sets what is watched, as far as the kernel shows it.
type writers struct {
	watch      *sysctlwrites.Watch // nil where nobody is seen
	unseen     string              // why
	namespaces map[string]uint64   // inodes, by the places of settings
	readingAt  int64
	readBefore int64 // when the reading before that began
}

// WatchWriters begins to watch who writes sysctls, by their paths below /proc/sys.
type WatchWriters func(paths []string) (*sysctlwrites.Watch, error)

func watchWriters(watched []Setting, begin WatchWriters) writers {
	if len(watched) == 0 || begin == nil {
		return writers{}
	}
	watch, namespaces, err := openWriters(watched, begin)
	if err != nil {
		return writers{unseen: err.Error()}
	}
	return writers{watch: watch, namespaces: namespaces}
}

func openWriters(watched []Setting, begin WatchWriters) (*sysctlwrites.Watch, map[string]uint64, error) {
	namespaces := map[string]uint64{}
	var paths []string
	for _, each := range watched {
		path, err := sysctl.PathBelow(each.Key)
		if err != nil {
			return nil, nil, err
		}
		paths = append(paths, path)
		at := netns.Own
		if each.In == "kernel" {
			at = netns.Initial()
		}
		if namespaces[each.In], err = netns.Inode(at); err != nil {
			return nil, nil, err
		}
	}
	watch, err := begin(paths)
	return watch, namespaces, err
}

func (w *writers) close() {
	if w.watch != nil {
		_ = w.watch.Close()
	}
}

func (w *writers) aboutToRead() {
	if w.watch != nil {
		w.readBefore, w.readingAt = w.readingAt, sysctlwrites.Now()
	}
}

// name says of settings that have just been read who set them. What was written while the reading before went on may have
// come too late for it.
func (w *writers) name(changed []SettingValue) {
	if w.watch == nil || len(changed) == 0 {
		return
	}
	writes, err := w.watch.Since(w.readBefore)
	if err != nil {
		w.unseen = err.Error()
		return
	}
	for i, each := range changed {
		path, err := sysctl.PathBelow(each.Key)
		if err != nil || each.Value == nil {
			continue
		}
		if by, count := sysctlwrites.LastOf(writes, path, w.namespaces[each.In], *each.Value); by != nil {
			changed[i].By = &By{*by, count}
		}
	}
}
