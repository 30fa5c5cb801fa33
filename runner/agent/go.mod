module packetwalk.dev/agent

go 1.24.0

require (
	github.com/HdrHistogram/hdrhistogram-go v1.4.0
	golang.org/x/sys v0.38.0
)
