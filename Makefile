.DEFAULT_GOAL := help
.PHONY: help build image test race lint fuzz bench quality crash scenarios ci clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build the andon binary
	CGO_ENABLED=0 go build -trimpath -o andon ./cmd/andon

image: ## Build the container image
	docker build --build-arg VERSION="$$(git describe --tags --always)" -t andon .

test: ## Run the tests
	go test ./...

race: ## Run the tests with the race detector
	go test -race ./...

lint: ## gofmt, go vet, staticcheck, golangci-lint where installed
	@test -z "$$(gofmt -l cmd bot signals integrations store)" || { gofmt -l cmd bot signals integrations store; exit 1; }
	go vet ./...
	staticcheck ./...
	@command -v golangci-lint >/dev/null && golangci-lint run || echo "golangci-lint is not installed: left out"

fuzz: ## Fuzz every target for 30 seconds
	.ci/fuzz 30s

bench: ## Run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

quality: ## Measure the judgement on real history, where it is at hand (../shared)
	go run ./cmd/andon/internal/quality -write docs/quality.md

crash: ## Kill the service 1,000 times on each database, and look for what was lost or doubled
	ANDON_CRASH_KILLS=$${ANDON_CRASH_KILLS:-1000} go test -count=1 -timeout 90m -parallel 4 -v -run '^TestCrash$$|^TestCrashReplicas$$' ./cmd/andon

scenarios: ## Let Slack fail in every way beside a company's two days, on both databases
	ANDON_SCENARIOS=all go test -count=1 -timeout 30m -v -run '^TestFaults$$|^TestClicksDuringTrouble$$|^TestMonth$$' ./cmd/andon

ci: ## Everything the gate checks
	.ci/run

clean: ## Remove what was built
	rm -rf andon .bin dist
