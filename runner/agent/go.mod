module packetwalk.dev/agent

go 1.24
