# The ways in. Each target is one line; what it does stands in the script it calls.
#
# On a fresh Debian machine with a Rust toolchain, `make demo` and `make test` need nothing done by hand before:
# they install what is missing.

.PHONY: help demo test build install generated clean

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: ## Shows the whole way on real input: durable, judged by a plugin, retried, dead, replayed
	@scripts/demo.sh

test: ## Runs every check: format, lints, Rust tests, Python tests
	@scripts/test.sh

build: ## Builds the program, optimised: target/release/panotti
	cargo build --locked --release

install: ## Installs the program for the user who asks
	cargo install --locked --path .

generated: ## Writes man pages, completions and reference pages anew
	scripts/generated.sh

clean: ## Removes what was built
	cargo clean
	rm -rf .venv .payloads .node
