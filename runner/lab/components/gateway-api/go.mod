module packetwalk.dev/lab/gateway-api

go 1.25.0

// Its resource definitions (config/crd/standard) are what the lab applies. Later versions need Go 1.26.
require sigs.k8s.io/gateway-api v1.5.1
