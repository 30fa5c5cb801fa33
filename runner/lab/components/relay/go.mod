module packetwalk.dev/lab/relay

go 1.24.0
