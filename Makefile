# Command two of the README: `make test`.

GO       ?= go
LINT     := $(GO) tool -modfile=.ci/tools/go.mod golangci-lint
WEB      := cmd/parley/internal/web
FUZZTIME ?= 10m

.PHONY: all build test deps lint unit meeting page cross bench load fuzz

all: build

# The binary, for this machine, without cgo.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/parley ./cmd/parley

# Everything that must be green: what CI runs.
test: deps lint cross page unit meeting
	@echo "all green"

# Installs what the tests need, or says precisely what to install.
deps:
	.ci/deps

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt wants to change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet -tags meeting ./...
	$(LINT) run --build-tags meeting ./...

# The default build has no cgo on either architecture.
cross:
	CGO_ENABLED=0 GOARCH=amd64 $(GO) build ./...
	CGO_ENABLED=0 GOARCH=arm64 $(GO) build ./...

# The built page that is committed is the one that its source gives.
page:
	cd $(WEB) && npm run --silent check

# Under the race detector; and without it what that leaves out: counts of
# allocations, the long simulations on one goroutine (an hour of drifting
# clocks), and what is too fast for it.
unit:
	$(GO) test -race -short -timeout 10m ./...
	$(GO) test -timeout 5m ./codecs/opus ./conference/internal/mixer ./conference/internal/video ./multicast/sap ./qos/rtp/playout ./qos/rtp/srtp
	$(GO) test -timeout 5m -run 'Allocate|Codec|Flood|Voices' ./multicast

# parley meets ffmpeg, SIP phones, Asterisks and browsers, in a network of its
# own.
meeting:
	$(GO) test -count=1 -tags meeting -timeout 13m -v ./cmd/parley/meeting
	$(GO) test -count=1 -tags meeting -timeout 2m -v -run LikeTshark ./h323/h225

# Mixer ticks at 10, 100 and 1000 members and the other hot paths.
bench:
	$(GO) test -run '^$$' -bench . -benchmem ./conference/... ./codecs/... ./qos/... ./h323/...

# For 60 s each: 200 SIP participants in one conference, 100 by H.323, 100 calls
# of H.323 a second that come and go, and 50,000 announcements of multicast
# sessions a second.
load:
	PARLEY_LOAD_SECONDS=60 $(GO) test -count=1 -tags meeting -timeout 10m -v -run TestLoad ./cmd/parley/meeting

# Each fuzz target for FUZZTIME.
fuzz:
	.ci/fuzz $(FUZZTIME)
