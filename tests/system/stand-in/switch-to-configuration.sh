#!/bin/sh
# Stands in for NixOS's switch-to-configuration-ng in tests: the properties that Fiducial relies on, each with its source and its
# test in docs/stand-in.md, and nothing else. @out@ is the system it belongs to.
set -u
top=@out@
action=${1:-}
export NIXOS_ACTION="$action"
case "$action" in
switch | boot | test | check | dry-activate) ;;
*)
  echo "usage: switch-to-configuration [check|switch|boot|test|dry-activate]" >&2
  exit 1
  ;;
esac
new=$top/etc/systemd/system
current=/etc/systemd/system
lists=/run/nixos

say() { echo "$*" >&2; }

# The lock never waits. EAGAIN is what the original's die() makes of it.
mkdir -p "$lists" && chmod 0755 "$lists"
exec 9>>"$lists/switch-to-configuration.lock"
flock --exclusive --nonblock 9 || {
  say "Could not acquire lock"
  exit 11
}

if [ "${NIXOS_NO_CHECK:-}" != 1 ]; then
  "$top/pre-switch-check" "$top" "$action" || {
    say "Pre-switch checks failed"
    exit 1
  }
fi
[ "$action" != check ] || exit 0

case "$action" in switch | boot)
  "$top/install-boot-loader" "$top" || {
    say "Failed to install bootloader"
    exit 1
  }
  ;;
esac
[ "${NIXOS_NO_SYNC:-}" = 1 ] || sync --file-system /nix/store
[ "$action" != boot ] || exit 0

if [ "$(cat /run/current-system/init-interface-version 2>/dev/null)" != "$(cat "$top/init-interface-version")" ]; then
  say "Warning: the new configuration has an init that is incompatible with the current one; it takes effect with the next boot"
  exit 100
fi

# yes unless the unit file says false: names as systemd.unit(5) has them for us, X-… is read by this program alone.
holds() { # file key default
  value=$(sed -n "s/^$2=//p" "$1" 2>/dev/null | tail -n 1)
  case "${value:-$3}" in 1 | yes | true | on) return 0 ;; *) return 1 ;; esac
}
changed() { ! cmp -s "$current/$1" "$new/$1"; }
record() { [ "$action" = dry-activate ] || echo "$2" >>"$lists/$1-list"; }

# What an interrupted run had still to do is done by the next one.
to_start=$(cat "$lists/start-list" 2>/dev/null)
to_restart=$(cat "$lists/restart-list" 2>/dev/null)
to_stop=
to_skip=
active=$(systemctl list-units --all --plain --no-legend --full --type=service,socket,path,timer,target |
  awk '$3 != "inactive" { print $1 }')
for unit in $active; do
  [ -e "$current/$unit" ] || continue
  if [ ! -e "$new/$unit" ]; then
    if holds "$current/$unit" X-StopOnRemoval yes; then to_stop="$to_stop $unit"; fi
    continue
  fi
  changed "$unit" || continue
  case "$unit" in *.path | *.target | *.slice | *.socket) continue ;; esac
  if ! holds "$new/$unit" X-RestartIfChanged yes || holds "$new/$unit" RefuseManualStop no; then
    to_skip="$to_skip $unit"
  elif ! holds "$new/$unit" X-StopIfChanged yes || [ "${unit%.service}" = "$unit" ]; then
    to_restart="$to_restart $unit"
    record restart "$unit"
  else
    to_stop="$to_stop $unit"
    to_start="$to_start $unit"
    record start "$unit"
  fi
done
# The original starts every active target that may be started by hand; here these are the ones that pull something in.
targets="sockets.target paths.target timers.target multi-user.target"

if [ "$action" = dry-activate ]; then
  for pair in "stop:$to_stop" "NOT restart:$to_skip" "restart:$to_restart" "start:$to_start"; do
    [ -z "${pair#*:}" ] || say "would ${pair%%:*} the following units:${pair#*:}"
  done
  exit 0
fi

code=0
if [ -n "$to_stop" ]; then
  say "stopping the following units:$to_stop"
  # shellcheck disable=SC2086 # a list of unit names
  systemctl stop $to_stop
fi
[ -z "$to_skip" ] || say "NOT restarting the following changed units:$to_skip"

say "activating the configuration..."
# Here /run/current-system begins to say the new system: before any of its units runs.
"$top/activate" "$top" || {
  say "Failed to run activate script"
  code=2
}
systemctl reset-failed
systemctl daemon-reload || exit 1

for verb in restart start; do
  if [ $verb = restart ]; then units=$to_restart; else units="$to_start $targets"; fi
  for unit in $units; do
    systemctl --no-ask-password --job-mode=replace $verb "$unit" || {
      say "Failed to $verb $unit"
      code=4
    }
  done
  rm -f "$lists/$verb-list"
done

# The original waits until systemd is quiet for a quarter of a second.
while [ -n "$(systemctl list-jobs --plain --no-legend | awk '$4 == "running" && $2 !~ /^fiducial-/')" ]; do sleep 0.25; done
sleep 0.25
failed=$(systemctl list-units --all --plain --no-legend --state=failed | awk '{ print $1 }')
for unit in $(systemctl list-units --all --plain --no-legend --type=service | awk '$4 == "auto-restart" { print $1 }'); do
  [ "$(systemctl show --property=ExecMainStatus --value "$unit")" = 0 ] || failed="$failed $unit"
done
if [ -n "$failed" ]; then
  say "warning: the following units failed:" $failed
  code=4
fi
exit $code
