#!/usr/bin/env bash
# Builds the command for other machines into .build-dist/out: Swift's libraries and all C libraries that
# Debian has complete static ones of are in it, names of the build's folders are not.
#
#   Sources/Distribution/build.sh     prints the command's path
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=.build-dist
libraries=$PWD/$scratch/lib

# A folder that has only the static libraries comes before the system's, which have both.
rm -rf "$libraries"
mkdir -p "$libraries"
for pair in libcmark-gfm:cmark-gfm libcmark-gfm:cmark-gfm-extensions zlib:z libzstd:zstd liblzma:lzma; do
  archive=$(pkg-config --variable=libdir "${pair%%:*}")/lib${pair##*:}.a
  if [ -f "$archive" ]; then
    ln -s "$archive" "$libraries"
  else
    echo "note: no $archive; the command will need the shared library" >&2
  fi
done

${SWIFT:-swift} build -c release --product quantbook --static-swift-stdlib --scratch-path $scratch \
  -Xlinker "-L$libraries" \
  -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=." >&2

mkdir -p $scratch/out
strip --strip-all -o $scratch/out/quantbook $scratch/release/quantbook
echo "$scratch/out/quantbook"
