#!/usr/bin/env bash
# Installs what `make dist` made into a bare Debian 12, once as a package and once as a tarball, and works
# there as a user without rights. Skips where there is no debootstrap or the user is not root.
#
#   Tests/Distribution/install.sh FOLDER     the folder that make dist wrote
#
# DEBIAN_MIRROR names another mirror; DEBIAN_BASE a folder that debootstrap has made before, which is copied.
set -euo pipefail
folder=$(cd "$1" && pwd)
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

skip() {
  echo "skipped: $1"
  exit 0
}
command -v debootstrap >/dev/null || skip "debootstrap is not installed (apt-get install debootstrap)"
[ "$(id -u)" -eq 0 ] || skip "a chroot takes root"

deb=$(ls "$folder"/quantbook_*.deb)
tarball=$(ls "$folder"/quantbook-*.tar.gz)
version=$(basename "$deb" | cut -d_ -f2)
(cd "$folder" && sha256sum --quiet -c SHA256SUMS)

scratch=$(mktemp -d)
leave() {
  for root in "$scratch"/*/; do
    if mountpoint -q "${root}proc"; then umount "${root}proc"; fi
  done
  rm -rf --one-file-system "$scratch"
}
trap leave EXIT

base=${DEBIAN_BASE:-$scratch/base}
if [ -z "${DEBIAN_BASE:-}" ]; then
  echo "making a bare Debian 12"
  debootstrap --variant=minbase bookworm "$base" "$mirror" >"$scratch/debootstrap.log" 2>&1 || {
    tail -5 "$scratch/debootstrap.log" >&2
    skip "debootstrap could not make one from $mirror"
  }
fi
passed=0
check() {
  local what=$1
  shift
  if "$@" >"$scratch/output" 2>&1; then
    passed=$((passed + 1))
    echo "ok: $what"
  else
    echo "FAILED: $what" >&2
    cat "$scratch/output" >&2
    exit 1
  fi
}

# Runs a command line in the bare system, as a user without rights.
user() {
  chroot --userspec=65534:65534 "$root" /usr/bin/env -i HOME=/home/nobody LANG=C.UTF-8 \
    PATH=/usr/local/bin:/usr/bin:/bin sh -ec "cd /home/nobody; $1"
}

enter() {
  root=$scratch/$1
  cp -a "$base" "$root"
  mount -t proc proc "$root/proc"
  install -d -o 65534 -g 65534 "$root/home/nobody"
}

# What must hold however it was installed below a prefix.
works() {
  check "$1: --version is $version" user "test \"\$(quantbook --version)\" = $version"
  check "$1: doctor finds nothing wrong" user "quantbook doctor"
  check "$1: doctor sees the model that was installed" \
    user "quantbook doctor | grep -E 'starter +$2/share/quantbook/starter'"
  check "$1: runs a notebook that came with it" \
    user "quantbook run $2/share/doc/quantbook/notebooks/minimal.md -o report --quiet"
  check "$1: its report is whole" \
    user "grep -q '</html>' report/minimal.html && test -s report/minimal.md"
  check "$1: completion is that of bash" user "bash -c '. $2/share/bash-completion/completions/quantbook;
    complete -p quantbook'"
  for page in man1/quantbook.1 man1/quantbook-run.1 man7/quantbook-expressions.7; do
    check "$1: has $page" user "ls $2/share/man/$page*"
  done
  for file in README.md copyright quantbook.cdx.json docs/dependencies.md licences/Yams/LICENSE; do
    check "$1: has $file" user "test -s $2/share/doc/quantbook/$file"
  done
}

enter deb
cp "$deb" "$root/tmp"
check "deb: installs with what it depends on" chroot "$root" \
  apt-get install -y --no-install-recommends "/tmp/$(basename "$deb")"
works deb /usr
check "deb: goes without a trace" chroot "$root" sh -ec \
  'apt-get purge -y quantbook; ! test -e /usr/bin/quantbook; ! test -e /usr/share/quantbook'

enter tarball
depends=$(dpkg-deb -f "$deb" Depends | sed -e 's/([^)]*)//g' -e 's/,/ /g')
# shellcheck disable=SC2086 # a list of names
check "tarball: the packages that its README names are there" chroot "$root" \
  apt-get install -y --no-install-recommends $depends
check "tarball: unpacks" tar xzf "$tarball" --strip-components=1 --exclude=README -C "$root/usr/local"
works tarball /usr/local
check "tarball: a link to the command works" user \
  "ln -s /usr/local/bin/quantbook q && ./q doctor | grep /usr/local/share/quantbook"

echo "$passed passed, 0 failed"
