#!/bin/sh
# Stands in for bootctl where there is no firmware: the three variables of the Boot Loader Interface that a change needs, as files.
set -eu
variables=/var/lib/efivars
mkdir -p "$variables"
set_variable() {
  if [ -z "$2" ]; then rm -f "$variables/$1"; else
    printf '%s' "$2" >"$variables/.$1.tmp"
    sync "$variables/.$1.tmp"
    mv "$variables/.$1.tmp" "$variables/$1"
  fi
  sync --file-system "$variables"
}
while [ $# -gt 0 ]; do
  case "$1" in
  --*) shift ;;
  set-oneshot) set_variable LoaderEntryOneShot "${2:-}"; exit 0 ;;
  set-default) set_variable LoaderEntryDefault "${2:-}"; exit 0 ;;
  *) echo "bootctl: $1 is not part of this stand-in" >&2; exit 1 ;;
  esac
done
