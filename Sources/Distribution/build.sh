#!/usr/bin/env bash
# Builds the command for other machines into .build-dist/out: Swift's libraries and all C libraries that
# Debian has complete static ones of are in it, names of the build's folders are not.
#
#   Sources/Distribution/build.sh     prints the command's path
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=.build-dist
libraries=$PWD/$scratch/lib

# A folder that has only the static libraries, which pkg-config names in place of the system's: that has both.
rm -rf "$libraries"
mkdir -p "$libraries/pkgconfig"
for pair in libcmark-gfm:cmark-gfm libcmark-gfm:cmark-gfm-extensions zlib:z libzstd:zstd liblzma:lzma; do
  package=${pair%%:*}
  archive=$(clang -print-file-name="lib${pair##*:}.a")
  if [ -f "$archive" ]; then
    ln -s "$(realpath "$archive")" "$libraries"
  else
    echo "note: there is no $archive; the command will need the shared library" >&2
  fi
  sed "s|^libdir=.*|libdir=$libraries|" "$(pkg-config --variable=pcfiledir "$package")/$package.pc" \
    >"$libraries/pkgconfig/$package.pc"
done
export PKG_CONFIG_PATH=$libraries/pkgconfig
# Linked anew: the build does not know when these libraries change.
rm -f $scratch/release/quantbook

${SWIFT:-swift} build -c release --product quantbook --static-swift-stdlib --scratch-path $scratch \
  --disable-local-rpath \
  -Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=." >&2

mkdir -p $scratch/out
# What only tells one build from another goes as well: docs/releasing.md.
strip --strip-all --remove-section=.swift_modhash --remove-section=.note.gnu.build-id \
  -o $scratch/out/quantbook $scratch/release/quantbook
echo "$scratch/out/quantbook"
