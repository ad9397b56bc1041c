# Two commands do everything: `make run` and `make test`.

PREFIX ?= /usr/local
RELEASE := swift build -c release --static-swift-stdlib
TESTING := ./.ci/testing

.PHONY: run build test bench bench-swarm install lint packages record

run: build
	@"$$(swift build -c release --show-bin-path)/drillhall" $(ARGS)

build: packages
	$(RELEASE) --product drillhall

# One optimised build serves the tests, the session through a pty, the proof of content and the swarm.
test: packages lint
	$(TESTING) build --build-tests
	DRILLHALL_RELEASE="$$($(TESTING) build --show-bin-path)" $(TESTING) test --skip-build --disable-xctest
	@# Each of the two keeps one core busy; the swarm's words come when it is done.
	@bin="$$($(TESTING) build --show-bin-path)"; \
	"$$bin/bench" --swarm --seeds 1..60 > .build/swarm.log 2>&1 & swarm=$$!; \
	"$$bin/drillhall" --plain check; checked=$$?; \
	wait $$swarm; swarmed=$$?; cat .build/swarm.log; \
	[ $$checked -eq 0 ] && [ $$swarmed -eq 0 ]

bench: packages
	$(RELEASE) --product bench
	"$$(swift build -c release --show-bin-path)/bench" $(ARGS)

# Thousands of random fault plans for every mechanism; goes on where it was stopped.
bench-swarm: packages
	$(RELEASE) --product bench
	"$$(swift build -c release --show-bin-path)/bench" --swarm --state .build/swarm.state $(ARGS)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/drillhall"
	install -m 755 "$$(swift build -c release --show-bin-path)/drillhall" "$(DESTDIR)$(PREFIX)/bin/drillhall"
	cp -R lessons cases "$(DESTDIR)$(PREFIX)/share/drillhall/"

lint:
	swift format lint --strict --parallel -r Sources Tests Package.swift

packages:
	@sh .ci/packages

# Writes golden files anew; commit the difference only if you can explain it.
record: packages
	$(TESTING) build --build-tests
	RECORD=1 $(TESTING) test --skip-build --disable-xctest || true
