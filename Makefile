# Two commands do everything: `make run` and `make test`.

PREFIX ?= /usr/local
RELEASE := swift build -c release --static-swift-stdlib

.PHONY: run build test bench bench-swarm install lint packages record

run: build
	@"$$(swift build -c release --show-bin-path)/drillhall" $(ARGS)

build: packages
	$(RELEASE) --product drillhall

# The release build is made first: the session through a pty and the proof of content use it.
test: packages lint
	$(RELEASE) --product drillhall
	swift build --build-tests
	DRILLHALL_RELEASE="$$(swift build -c release --show-bin-path)" swift test --skip-build --disable-xctest
	"$$(swift build -c release --show-bin-path)/drillhall" --plain check
	$(RELEASE) --product bench
	"$$(swift build -c release --show-bin-path)/bench" --swarm --seeds 1..60

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
	RECORD=1 swift test --disable-xctest || true
