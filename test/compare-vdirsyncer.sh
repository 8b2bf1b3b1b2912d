#!/bin/bash
# compare-vdirsyncer.sh [EVENTS]: what a first pass, a pass without change and one with ten changes cost, beside vdirsyncer, on
# the same Radicale on loopback in one run. Takes some minutes. It installs Radicale and vdirsyncer if need be, as root.
. "$(dirname "$0")/servers/lib.sh"
install radicale curl vdirsyncer
cd "$(dirname "$0")/.."
go run ./test/compare -events "${1:-10000}"
