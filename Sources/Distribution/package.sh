#!/usr/bin/env bash
# Makes of the command that build.sh built a tarball and a Debian package, in .build-dist/out. Both hold
#
#   bin/quantbook                        the command
#   share/quantbook/                     the model and the text that ship
#   share/doc/quantbook/                 README, licences, changelog, docs, notebooks, the SBOM
#   share/man/                           the manual
#   share/bash-completion/, zsh/, fish/  completion
#
# below quantbook-VERSION-linux-ARCHITECTURE/ or /usr. Made twice of the same commit they are the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/.build-dist/out
program=$out/quantbook
version=$("$program" --version)
machine=$(uname -m)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C
umask 022

name=quantbook-$version-linux-$machine
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/$name

# What both hold.
install -D -m 755 "$program" "$tree/bin/quantbook"
mkdir -p "$tree/share/quantbook" "$tree/share/doc/quantbook"
cp -r Sources/StarterModel/Resources/. "$tree/share/quantbook"
doc=$tree/share/doc/quantbook
cp README.md CHANGELOG.md "$doc"
cp -r docs notebooks "$doc"
python3 Sources/Distribution/sbom.py >"$doc/quantbook.cdx.json"
python3 Sources/Distribution/manual.py "$program" "$tree/share/man"
complete() {
  mkdir -p "$tree/$2"
  "$program" --generate-completion-script "$1" | sed '1{/^#!/d}' >"$tree/$2/$3"
}
complete bash share/bash-completion/completions quantbook
complete zsh share/zsh/site-functions _quantbook
complete fish share/fish/vendor_completions.d quantbook.fish

# Licences: ours, the model's and the text's, and those of the Swift packages that are in the command.
{
  cat <<'TEXT'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: quantbook

Files: *
Copyright: 2026 The Quantbook authors
License: Expat

Files: usr/share/quantbook/starter/*
Copyright: 2026 The Quantbook authors, and the authors of the texts that README.md beside the weights names
License: CC-BY-SA-4.0
 https://creativecommons.org/licenses/by-sa/4.0/legalcode

Files: usr/share/quantbook/house-prose.txt
Copyright: The Quantbook project
License: CC0-1.0
 On Debian systems the text of CC0-1.0 is in /usr/share/common-licenses/CC0-1.0.

License: Expat
TEXT
  sed -e '1,/^Copyright/d' -e '1{/^$/d}' -e 's/^$/./' -e 's/^/ /' LICENSE | sed '1{/^ \.$/d}'
} >"$doc/copyright"
for package in .build-dist/checkouts/*; do
  for file in "$package"/LICENSE* "$package"/NOTICE*; do
    [ -f "$file" ] || continue
    install -D -m 644 "$file" "$doc/licences/$(basename "$package")/$(basename "$file")"
  done
done
chmod -R u=rwX,go=rX "$tree"

# Which packages of Debian have the shared libraries that the command still needs.
mkdir -p "$scratch/debian"
printf 'Source: quantbook\n\nPackage: quantbook\nArchitecture: any\n' >"$scratch/debian/control"
depends=$(cd "$scratch" && dpkg-shlibdeps -O "$tree/bin/quantbook" 2>/dev/null | sed 's/^shlibs:Depends=//')

# The tarball.
cp -r "$tree" "$scratch/tar"
mkdir -p "$scratch/tarball"
mv "$scratch/tar" "$scratch/tarball/$name"
cp LICENSE "$scratch/tarball/$name/share/doc/quantbook"
cat >"$scratch/tarball/$name/README" <<TEXT
Quantbook $version for Linux on $machine.

Unpack it anywhere and run bin/quantbook, or into a prefix:

    tar xzf $name.tar.gz --strip-components=1 --exclude=README -C /usr/local

bin and share belong together. It needs these packages of Debian 12, or their like:
$depends
and ca-certificates to fetch models. 'quantbook doctor' says what is missing.
TEXT
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
  -C "$scratch/tarball" -cf - "$name" | gzip -6n >"$out/$name.tar.gz"

# The Debian package: Debian compresses some files, has a changelog of its own kind, and calls zsh's folder
# otherwise.
maintainer=${DEB_MAINTAINER:-The Quantbook authors <quantbook@localhost>}
root=$scratch/root
mkdir -p "$root/DEBIAN"
cp -r "$tree" "$root/usr"
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
find "$root/usr/share/man" -type f -exec gzip -9n {} +
gzip -9nc >"$root/usr/share/doc/quantbook/changelog.gz" <<TEXT
quantbook ($version) unstable; urgency=medium

  * See CHANGELOG.md.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
TEXT
mkdir -p "$root/usr/share/lintian/overrides"
cat >"$root/usr/share/lintian/overrides/quantbook" <<'TEXT'
# One command that runs on several systems: docs/releasing.md says what is linked statically and why.
quantbook: embedded-library
TEXT
architecture=$(dpkg --print-architecture)
cat >"$root/DEBIAN/control" <<TEXT
Package: quantbook
Version: $version
Architecture: $architecture
Section: science
Priority: optional
Maintainer: $maintainer
Installed-Size: $(find "$root/usr" -type f -printf '%s\n' | awk '{ n += $1 } END { print int(n / 1024) }')
Depends: $depends
Recommends: ca-certificates
Suggests: chromium
Description: literate notebooks on language-model quantization
 A notebook is Markdown with cells such as load, quantize and evaluate.
 Quantbook computes them with its own engine, in one process and without
 Python, and fills the results into the prose of a report in HTML, Markdown,
 PDF, CSV or Jupyter.
TEXT
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$out/quantbook_${version}_$architecture.deb" >/dev/null

cp "$doc/quantbook.cdx.json" "$out/$name.cdx.json"
cd "$out"
sha256sum "$name.tar.gz" "quantbook_${version}_$architecture.deb" "$name.cdx.json" >SHA256SUMS
cat SHA256SUMS
