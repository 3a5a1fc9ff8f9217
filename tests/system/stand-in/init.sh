#!/bin/sh
# Stands in for NixOS's stage 2: what the boot loader's init= names. It becomes systemd.
top=@out@
mkdir -p /run/nixos
ln -sfn "$top" /run/booted-system
"$top/activate" "$top"
exec /lib/systemd/systemd "$@"
