package probe

import (
	"time"

	"packetwalk.dev/agent/sysctl"
)

// settingsEvery is how often settings are read: more often than once a second, and less often than counters, since each takes
// a thread into its namespace.
const settingsEvery = 500 * time.Millisecond

// Setting is one sysctl to watch.
type Setting struct {
	In  string `json:"in"` // kernel or node, as package sysctl has it
	Key string `json:"key"`
}

// SettingValue is what it was found to be; Value is nil where it could not be read.
type SettingValue struct {
	Setting
	Value *string `json:"value"`
	By    *By     `json:"by,omitempty"` // who set it, where that was seen
}

// settings reads sysctls, and gives those that have another value than at the last reading.
type settings struct {
	requests []sysctl.Request
	writers  writers
	last     []*string
	readAt   time.Time
}

func watchSettings(watched []Setting, writers WatchWriters) *settings {
	requests := make([]sysctl.Request, len(watched))
	for i, each := range watched {
		requests[i] = sysctl.Request{Key: each.Key, In: each.In}
	}
	return &settings{requests: requests, writers: watchWriters(watched, writers)}
}

func (s *settings) close() { s.writers.close() }

// changed gives all of them the first time, and nothing where it is not yet time.
func (s *settings) changed(now time.Time, isLast bool) ([]SettingValue, error) {
	if len(s.requests) == 0 || (!isLast && now.Sub(s.readAt) < settingsEvery) {
		return nil, nil
	}
	s.writers.aboutToRead()
	answers, err := sysctl.Apply(s.requests)
	if err != nil {
		return nil, err
	}
	var changed []SettingValue
	values := make([]*string, len(answers))
	for i, answer := range answers {
		values[i] = answer.Got
		if s.last == nil || !same(s.last[i], answer.Got) {
			changed = append(changed, SettingValue{Setting{In: answer.In, Key: answer.Key}, answer.Got, nil})
		}
	}
	if s.last != nil {
		s.writers.name(changed)
	}
	s.last, s.readAt = values, now
	return changed, nil
}

func same(one, other *string) bool {
	if one == nil || other == nil {
		return one == other
	}
	return *one == *other
}
