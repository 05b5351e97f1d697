#!/usr/bin/env bash
# Each parser for so many seconds on seeds that are changed at random, other ones each time, all parsers at
# once. No libFuzzer and no sanitizers, so the tests as built are enough.
#
#   Tests/Fuzz/changed.sh TESTS SECONDS      from the repository's root; TESTS is the built bundle
#
# What breaks a parser is shown in Base64; where it ends the process, the state that is shown makes it again:
# QUANTBOOK_FUZZ_TARGET=… QUANTBOOK_FUZZ_STATE=… QUANTBOOK_FUZZ_SECONDS=….
set -euo pipefail
tests=$1
export QUANTBOOK_FUZZ_SECONDS=$2 SWIFT_BACKTRACE=enable=no
# Parsers of files get each input as a file.
if [ -w /dev/shm ]; then
  TMPDIR=$(mktemp -d /dev/shm/quantbook-changed-XXXXXX)
  trap 'rm -rf "$TMPDIR"' EXIT
  export TMPDIR
fi

one() {
  export QUANTBOOK_FUZZ_TARGET=$1 QUANTBOOK_FUZZ_STATE=$((RANDOM * 32768 + RANDOM))
  if output=$("$2" --testing-library swift-testing --filter 'ReplayTests/mutates' 2>&1); then
    grep "^$1: " <<<"$output"
  else
    echo "$output" >&2
    echo "FAILED: QUANTBOOK_FUZZ_TARGET=$1 QUANTBOOK_FUZZ_STATE=$QUANTBOOK_FUZZ_STATE" >&2
    return 1
  fi
}
export -f one
printf '%s\n' Tests/Fuzz/Corpus/* | xargs -n 1 basename \
  | xargs -P 19 -I NAME bash -c 'one "$@"' one NAME "$tests"
