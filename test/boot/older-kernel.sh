#!/bin/bash
# older-kernel.sh LOWER FOLDER AGENT SOCKETS COMMAND...: a root of these layers in namespaces of its own (unshare --mount
# --net --uts), as poor as a zone can be: no /sys, a /proc/sys that cannot be written, a /dev of three devices; no D-Bus,
# no journal, no syslog, no udev. `$1` of COMMAND and what follows is run in it with AGENT as /usr/sbin/lx-agent.
set -euo pipefail
lower=$1 folder=$2 agent=$3 sockets=$4
shift 4
root=$folder/root
mkdir -p "$folder/upper/native/.zonecontrol" "$folder/work" "$root"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount --bind "$sockets" "$root/native/.zonecontrol"
mkdir -p "$root/usr/sbin"
cp "$agent" "$root/usr/sbin/lx-agent"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t tmpfs tmpfs "$root/dev"
for name in null random urandom; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root/sys"
[ -z "$(ls "$root/sys")" ]
status=0
"$@" "$root" </dev/null || status=$?
exit "$status"
