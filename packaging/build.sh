#!/usr/bin/env bash
# Builds the .deb, the .rpm and the static tarball for amd64 and arm64 from the commit that is checked out:
#
#   packaging/build.sh [DIR]         into DIR (default dist)
#
# The same commit gives the same bytes, wherever and whenever it is built: SOURCE_DATE_EPOCH is the commit's time where it
# is not set. VERSION overrules the tag. ARCHS="amd64" builds fewer. Needs Go, git, tar, gzip and, the first time, the
# network: nfpm comes at a pinned version through the Go module proxy and does not enter go.mod.
set -euo pipefail
mkdir -p "${1:-dist}"
out=$(cd "${1:-dist}" && pwd)
cd "$(dirname "$0")/.."

nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.0
commit=$(git rev-parse HEAD)
# v1.2.3 is 1.2.3, the fifth commit after it 1.2.3+5.gabcdef0; a hyphen would begin the package's own revision
version=${VERSION:-$(git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//; s/-\([0-9]*\)-g/+\1.g/' || true)}
version=${version:-0.0.0~$(TZ=UTC git log -1 --date=format-local:%Y%m%d%H%M --format=%cd).g${commit:0:7}}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export VERSION=$version ARCH TZ=UTC LC_ALL=C.UTF-8 CGO_ENABLED=0 GOFLAGS=

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# program ARCH FILE: a static binary that knows its version, and nothing of the machine it was built on
program() {
  GOOS=linux GOARCH=$1 GOAMD64=v1 GOARM64=v8.0 go build -mod=readonly -trimpath -buildvcs=false \
    -ldflags "-s -w -buildid= -X main.version=$version -X main.commit=$commit" -o "$2" ./cmd/bilateral
}

# shared DIR: what is the same for all machines
shared() {
  local root=$1 doc=$1/usr/share/doc/bilateral shell
  mkdir -p "$doc/examples" "$root"/usr/share/man/man1 "$root"/usr/lib/{systemd/{system,user},sysusers.d} \
    "$root"/usr/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  "$work/here" man "$root/usr/share/man/man1"
  gzip -9n "$root"/usr/share/man/man1/*.1
  "$work/here" completion bash >"$root/usr/share/bash-completion/completions/bilateral"
  "$work/here" completion zsh >"$root/usr/share/zsh/vendor-completions/_bilateral"
  "$work/here" completion fish >"$root/usr/share/fish/vendor_completions.d/bilateral.fish"
  cp systemd/system/bilateral.service "$root/usr/lib/systemd/system/"
  cp systemd/user/bilateral.service "$root/usr/lib/systemd/user/"
  cp systemd/sysusers.conf "$root/usr/lib/sysusers.d/bilateral.conf"
  cp README.md "$doc/"
  cp -r docs "$doc/" # as in the sources: links hold, and what the program says of docs/google.md
  cp packaging/copyright "$doc/copyright"
  gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
  HOME=/home/alice "$work/here" --config "$doc/examples/config.toml" init --name "Alice Chen" --email alice@example.org --timezone Europe/Berlin \
    --type caldav --url https://dav.example.org/ --username alice --password-file /etc/bilateral/dav.password \
    --executive-name "Dana Boss" --executive-email dana@example.org --executive-timezone America/New_York --prefer "Wed 15:30" >/dev/null
}

# tarball ARCH: the binary and what goes with it, under one folder; "bilateral install" writes the units
tarball() {
  local name=bilateral-$version-linux-$1
  mkdir -p "$work/tar/$name"
  cp "$work/$1/root/usr/bin/bilateral" LICENSE "$work/tar/$name/"
  cp -r "$work/$1/root/usr/share" "$work/tar/$name/"
  tar -C "$work/tar" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --format=gnu -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
}

GOBIN=$work CGO_ENABLED=0 go install "$nfpm"
program "$(go env GOHOSTARCH)" "$work/here"
shared "$work/shared"
for ARCH in ${ARCHS:-amd64 arm64}; do
  mkdir -p "$work/$ARCH"
  cp -r "$work/shared" "$work/$ARCH/root"
  program "$ARCH" "$work/$ARCH/root/usr/bin/bilateral"
  cp packaging/nfpm.yaml packaging/*.sh "$work/$ARCH/"
  for kind in deb rpm; do
    (cd "$work/$ARCH" && "$work/nfpm" package --packager $kind --target "$out" >/dev/null)
  done
  tarball "$ARCH"
done
cd "$out"
sha256sum bilateral[-_]"$version"[-_]* >SHA256SUMS
cat SHA256SUMS
