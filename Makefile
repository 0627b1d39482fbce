# The front door: each target installs what it needs, builds through a CMake preset, and runs.
.PHONY: demo test quick sanitize lint bench install clean

demo: build/release/.built
	build/release/cli/enlace demo

# Everything that CI checks.
test:
	scripts/setup
	scripts/test

# The tests of the release build alone.
quick: build/release/.built
	ctest --test-dir build/release --output-on-failure

bench:
	scripts/setup --bench
	scripts/bench

install: build/release/.built
	cmake --install build/release

# Always asked: ninja knows best whether there is anything to do.
.PHONY: build/release/.built
build/release/.built:
	scripts/setup
	cmake --preset release >build/configure.log 2>&1 || (cat build/configure.log; false)
	cmake --build --preset release

clean:
	rm -rf build
