#!/usr/bin/env bash
# Runs libFuzzer on each target for so many seconds, from its seeds and what earlier runs found.
#
#   Tests/Fuzz/fuzz.sh PROGRAM SECONDS [TARGET…]      from the repository's root
#
# A line for each target: executions, edges covered, inputs kept, and the input that broke it.
set -uo pipefail
program=$1 seconds=$2
shift 2
here=Tests/Fuzz
work=.build-fuzz/fuzz
TMPDIR=$(mktemp -d /dev/shm/quantbook-fuzz-XXXXXX)
trap 'rm -rf "$TMPDIR"' EXIT
# Swift's backtracer takes minutes for each crash.
export TMPDIR SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
broken=0
printf '%-16s %12s %8s %8s  %s\n' target executions edges inputs found
while read -r name longest fixtures; do
  if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
  mkdir -p "$work/corpus/$name" "$work/found/$name"
  dictionary=()
  [ -f "$here/Dictionaries/$name.dict" ] && dictionary=("-dict=$here/Dictionaries/$name.dict")
  QUANTBOOK_FUZZ_TARGET=$name "$program" \
    -max_total_time="$seconds" -max_len="$longest" -timeout=60 -rss_limit_mb=3072 \
    -malloc_limit_mb=1280 -print_final_stats=1 -print_funcs=0 -artifact_prefix="$work/found/$name/" \
    "${dictionary[@]}" "$work/corpus/$name" "$here/Corpus/$name" $fixtures \
    >"$work/$name.log" 2>&1 </dev/null
  status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
  edges=$(grep -o 'cov: [0-9]*' "$work/$name.log" | tail -1 | cut -d' ' -f2)
  inputs=$(ls "$work/corpus/$name" | wc -l)
  found=$(sed -n 's/.*Test unit written to //p' "$work/$name.log" | tail -1)
  [ $status -ne 0 ] && broken=1 && : "${found:=see $work/$name.log}"
  printf '%-16s %12s %8s %8s  %s\n' "$name" "${executions:-?}" "${edges:-?}" "$inputs" "$found"
done < <("$program")
exit $broken
