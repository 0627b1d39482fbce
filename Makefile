# The front door: each target installs what it needs, builds through a CMake preset, and runs.
.PHONY: demo test quick sanitize lint bench chaos soak nightly mutants install clean configured

# The command alone: a third of the whole build.
demo: configured
	cmake --build --preset release --target enlace_cli
	build/release/cli/enlace demo

# Everything that CI checks.
test:
	scripts/setup --browser
	scripts/test

# The tests of the release build alone.
quick: configured
	cmake --build --preset release
	ctest --test-dir build/release --output-on-failure

sanitize:
	scripts/setup
	scripts/test asan tsan

# clang-19 on each file by itself, and clang-tidy.
lint:
	scripts/setup
	scripts/test layers format clang tidy

bench:
	scripts/setup --bench
	scripts/bench

# Twenty minutes of faults on real processes, as root; CHAOS="--scenario killed" runs less.
chaos:
	scripts/setup --chaos
	$(MAKE) configured
	cmake --build --preset release --target chaos
	/usr/bin/python3 tests/integration/chaos/run.py $(CHAOS)

# Twenty minutes of calls at full speed; SOAK="--seconds 60" takes less.
soak: configured
	cmake --build --preset release --target soak
	build/release/tests/soak/soak $(SOAK)

# Two million random histories; HISTORIES=N looks at that many.
HISTORIES ?= 2000000
nightly: configured
	cmake --build --preset release --target simulation
	build/release/tests/simulation/simulation --seeds $(HISTORIES)

# Whether the simulation notices code that is broken on purpose.
mutants:
	scripts/setup
	scripts/check-mutants

install: configured
	cmake --build --preset release --target enlace enlace_cli
	cmake --install build/release

configured:
	scripts/setup
	mkdir -p build
	cmake --preset release >build/configure.log 2>&1 || (cat build/configure.log; false)

clean:
	rm -rf build
