#!/bin/sh
# Teahouse in one file, with all that it needs: ./teahouse.run opens the room, ./teahouse.run tea joins one. The first time it
# unpacks what follows this script, into $TEAHOUSE_UNPACKED or a folder of the cache that is yours alone.
set -eu
sum=@SUM@ bytes=@BYTES@ machine=@MACHINE@
fail() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}
[ "$(uname -s) $(uname -m)" = "$machine" ] || fail "this file is for $machine, and this machine is $(uname -s) $(uname -m)"
parent=${TEAHOUSE_UNPACKED:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/teahouse}
folder=$parent/$sum
if [ ! -d "$folder" ]; then
  command -v xz > /dev/null || fail "unpacking needs xz; Debian and Ubuntu have it in the package xz-utils"
  umask 077
  mkdir -p "$parent"
  new=$(mktemp -d "$parent/new.XXXXXXXX")
  trap 'rm -rf "$new"' EXIT
  tail -c "$bytes" "$0" > "$new/archive"
  [ "$(sha256sum < "$new/archive")" = "$sum  -" ] || fail "this file is damaged, or not all of it has been downloaded"
  mkdir "$new/unpacked"
  tar -xJf "$new/archive" -C "$new/unpacked" --strip-components=1 --no-same-owner
  # Somebody who has started it at the same time may have been faster.
  mv -T "$new/unpacked" "$folder" 2> /dev/null || [ -d "$folder" ]
  rm -rf "$new"
  trap - EXIT
fi
program=teahouse
if [ "${1:-}" = tea ]; then
  program=tea
  shift
fi
exec "$folder/$program" "$@"
# What follows is an archive.
