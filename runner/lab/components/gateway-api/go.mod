module packetwalk.dev/lab/gateway-api

go 1.24.0

// Its resource definitions (config/crd/standard) are what the lab applies: the version that its Traefik was built with.
require sigs.k8s.io/gateway-api v1.6.3
