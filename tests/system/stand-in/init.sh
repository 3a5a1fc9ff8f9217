#!/bin/sh
# Stands in for NixOS's stage 2: what the boot loader's init= names. It becomes systemd.
top=@out@
mkdir -p /run/nixos
ln -sfn "$top" /run/booted-system
# Neither is ever collected, as stage 2 and the activation script of NixOS have it.
mkdir -p /nix/var/nix/gcroots
for name in booted-system current-system; do ln -sfn "/run/$name" "/nix/var/nix/gcroots/$name"; done
"$top/activate" "$top"
exec /lib/systemd/systemd "$@"
