#!/bin/sh
# Stands in for nixpkgs' systemd-boot-builder: one entry for each of the last ten generations of the system profile, and the default only
# for a generation that is the system it was called with. ESP: a folder (FIDUCIAL_ESP for tests of a full one).
# Unfinished files are named as the builder names them, and left where it is cut off; it never begins beside an unfinished loader.conf.
set -eu
top=$1
esp=${FIDUCIAL_ESP:-/boot}
entries=$esp/loader/entries
mkdir -p "$entries" "$esp/EFI/nixos"
[ -e "$esp/loader/loader.conf" ] || printf 'timeout 5\n' >"$esp/loader/loader.conf"

# A file that is there is never written again, whatever it holds (copy_if_not_exists).
place() {
  name=$(readlink -f "$1" | sed 's|^/nix/store/||; s|/|-|g').efi
  [ -e "$esp/EFI/nixos/$name" ] || {
    unfinished=$(mktemp "$esp/EFI/nixos/$name.tmp.XXXXXX")
    cp -L "$1" "$unfinished"
    mv "$unfinished" "$esp/EFI/nixos/$name"
  }
  echo "/EFI/nixos/$name"
}

numbers=$(find /nix/var/nix/profiles -maxdepth 1 -name 'system-*-link' | sed 's/.*system-\([0-9]*\)-link/\1/' | sort -n | tail -n 10)
kept=
# A half-copied kernel is nobody's (remove_old_entries).
rm -f "$esp"/EFI/nixos/*.tmp.*
for number in $numbers; do
  system=$(readlink "/nix/var/nix/profiles/system-$number-link")
  entry=nixos-generation-$number.conf
  kept="$kept $entry"
  kernel=$(place "$system/kernel")
  initrd=$(place "$system/initrd")
  {
    printf 'title NixOS\nsort-key nixos\nversion Generation %s %s\n' "$number" "$(cat "$system/nixos-version")"
    printf 'linux %s\ninitrd %s\noptions init=%s/init %s\n' "$kernel" "$initrd" "$system" "$(cat "$system/kernel-params")"
  } >"$entries/$entry.tmp"
  mv "$entries/$entry.tmp" "$entries/$entry"
  if [ "$system" = "$top" ]; then
    # Mode "x" of write_loader_conf: an unfinished one that is there ends it.
    set -C
    { grep -v '^default ' "$esp/loader/loader.conf" || true; echo "default $entry"; } >"$esp/loader/loader.tmp"
    set +C
    mv "$esp/loader/loader.tmp" "$esp/loader/loader.conf"
  fi
done
for path in "$entries"/nixos-generation-*.conf; do
  case " $kept " in *" $(basename "$path" | sed 's/+[0-9]*\(-[0-9]*\)\?\.conf$/.conf/') "*) ;; *) rm -f "$path" ;; esac
done
sync --file-system "$esp"
