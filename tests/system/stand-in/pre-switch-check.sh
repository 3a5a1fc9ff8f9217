#!/bin/sh
# Stands in for system.preSwitchChecks with NixOS's switch inhibitors: a live switch is refused when what the running system inhibits on
# differs; `boot` never is.
top=$1
[ ! -e "$top/stand-in/check-fails" ] || exit 1
case "$2" in switch | test) ;; *) exit 0 ;; esac
[ ! -e "$top/switch-inhibitors" ] || [ ! -e /run/current-system/switch-inhibitors ] || cmp -s "$top/switch-inhibitors" /run/current-system/switch-inhibitors || {
  echo "There are changes to critical components of the system" >&2
  exit 1
}
