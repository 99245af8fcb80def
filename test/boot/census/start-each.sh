#!/bin/bash
# start-each.sh RESULT UNIT...: start each unit, look at it a moment later, and stop it, so that two that want the same
# port are not in each other's way. A line a unit: name, whether it started (yes, no, condition), what systemd says.
result=$1
shift
: >"$result.part"
for unit; do
  systemctl reset-failed "$unit" 2>/dev/null
  timeout 30 systemctl start "$unit" >/dev/null 2>&1
  sleep 0.5
  unset LoadState ActiveState SubState Result ConditionResult ExecMainStatus Type NRestarts
  while IFS='=' read -r key value; do declare "$key=$value"; done < <(systemctl show "$unit" --property=LoadState \
    --property=ActiveState --property=SubState --property=Result --property=ConditionResult \
    --property=ExecMainStatus --property=Type --property=NRestarts)
  started=no
  if [ "$LoadState" != loaded ]; then
    started=$LoadState
  elif [ "$ConditionResult" = no ]; then
    started=condition
  elif [ "$ActiveState" = active ] && [ "${NRestarts:-0}" = 0 ]; then
    started=yes
  elif [ "$Type" = oneshot ] && [ "$Result" = success ]; then
    started=yes
  fi
  why=
  [ "$started" != no ] ||
    why=$(journalctl --boot --unit="$unit" --output=cat --no-pager --lines=40 |
      grep -vE 'Start(ed|ing) |Stopp(ed|ing) |Failed to start|Scheduled restart|Deactivated|Consumed' | tail -n 4 |
      tr '\t\n' '  ')
  printf '%s\t%s\t%s\t%s\n' "$unit" "$started" "$ActiveState/$SubState $Result ${ExecMainStatus:-}" "$why" >>"$result.part"
  case $unit in
    systemd-* | dbus.service | polkit.service) ;;
    *) timeout 15 systemctl stop "$unit" >/dev/null 2>&1 ;;
  esac
done
mv "$result.part" "$result"
