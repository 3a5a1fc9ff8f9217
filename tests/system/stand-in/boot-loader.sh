#!/bin/sh
# Stands in for firmware, systemd-boot and stage 1: PID 1 of the host until it becomes the system that is next. One-shot before default
# (systemd-boot(7)), and one-shot only once. Without an ESP the host is not installed yet and comes up as it is.
esp=/boot
variables=/var/lib/efivars
set -- systemd.mask=systemd-networkd.service "$@"
entry=
if [ -s "$variables/LoaderEntryOneShot" ]; then
  entry=$(cat "$variables/LoaderEntryOneShot")
  rm "$variables/LoaderEntryOneShot"
elif [ -s "$variables/LoaderEntryDefault" ]; then
  entry=$(cat "$variables/LoaderEntryDefault")
elif [ -e "$esp/loader/loader.conf" ]; then
  entry=$(sed -n 's/^default //p' "$esp/loader/loader.conf")
fi
[ -n "$entry" ] || exec /lib/systemd/systemd "$@"
mkdir -p "$variables"
echo "$entry" >"$variables/LoaderEntrySelected"
init=$(sed -n 's/^options init=\([^ ]*\).*/\1/p' "$esp/loader/entries/$entry")
# As on a real machine: an entry that leads nowhere does not boot.
[ -x "$init" ] || {
  echo "boot loader: $entry names no system: $init"
  exit 1
}
exec "$init" "$@"
