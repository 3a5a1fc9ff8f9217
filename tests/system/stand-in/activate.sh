#!/bin/sh
# Stands in for a NixOS activation script: /etc of this system, then /run/current-system.
set -eu
top=$1
rm -rf /etc/static.tmp && ln -s "$top/etc" /etc/static.tmp && mv -T /etc/static.tmp /etc/static
for name in systemd/system fiducial tmpfiles.d/fiducial.conf; do
  if [ ! -L "/etc/$name" ]; then rm -rf "/etc/$name"; fi
  mkdir -p "$(dirname "/etc/$name")"
  ln -sfn "/etc/static/$name" "/etc/$name"
done
[ ! -e "$top/stand-in/activate-fails" ] || exit 1
ln -sfn "$top" /run/current-system.tmp && mv -T /run/current-system.tmp /run/current-system
