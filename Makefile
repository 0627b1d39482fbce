# The front door: each target installs what it needs, builds through a CMake preset, and runs.
.PHONY: demo test quick sanitize lint bench install clean configured

# The command alone: a third of the whole build.
demo: configured
	cmake --build --preset release --target enlace_cli
	build/release/cli/enlace demo

# Everything that CI checks.
test:
	scripts/setup
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

install: configured
	cmake --build --preset release --target enlace enlace_cli
	cmake --install build/release

configured:
	scripts/setup
	mkdir -p build
	cmake --preset release >build/configure.log 2>&1 || (cat build/configure.log; false)

clean:
	rm -rf build
