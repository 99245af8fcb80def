#!/bin/bash
# boot.sh LOWER UPPER CONSOLE PIDFILE PROGRAM...: boot PROGRAM as PID 1 of pid, mount, network, UTS, IPC and cgroup
# namespaces of its own, on an overlay of LOWER (layers, joined by `:`) with what it writes in UPPER/files.
# Its PID, as the machine sees it, is written to PIDFILE; what it says to its console, to CONSOLE.
#   METADATA  a folder to be bound at /native/.zonecontrol; without it the guest has /native/usr/sbin, and no such folder
#   ZONE      empty for a guest that is no lx zone: without /native
#   PLATFORM  a folder to be bound read-only at /native/usr: what the platform ships below its own /usr
#   BOX       a folder with zone-init and supervisor (zone/): the guest's kernel answers as an lx zone's; empty: as Linux
#   NIC       plumbed (up, with its address), bare (without), none (plumbed)
#   LIMIT     seconds until everything is ended (120)
# Exit: 130 it powered off, 129 it rebooted, 124 or 137 the limit. Needs root.
#
# The root must be an overlay: at shutdown init remounts / read-only, and on a bind mount that would hit the
# machine's own file system. Whatever could reach the machine itself (its clock, modules, kernel log) is dropped.
set -u
stage=${BOOT_STAGE:-outside}

if [ "$stage" = outside ]; then
  export BOOT_STAGE=mounted
  exec unshare --mount --propagation private "$0" "$@"
fi

lower=$1 upper=$2 console=$3 pidfile=$4
root=$upper/root

if [ "$stage" = mounted ]; then
  mkdir -p "$upper/files" "$upper/work" "$root"
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper/files,workdir=$upper/work" "$root" || exit 9
  # A view of the cgroup tree with a group of our own in it: after the limit, init outlives script(1), and only the
  # group tells who is still there.
  mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 9
  # A name of its own: the number of a process comes again, and a group of one that was killed is still there.
  own=lx-agent-boot.${upper##*/}
  group=$(mktemp -d "/sys/fs/cgroup/$own.XXXXXX") && echo $$ >"$group/cgroup.procs" || exit 9
  # A named hierarchy of cgroup version 1 is one for the whole machine. Without a group of its own in it, the guest would
  # see the groups of others.
  groups=("$group")
  if [ -n "${BOX:-}" ]; then
    while read -r name; do
      mkdir -p "$upper/cgroup-$name"
      mount -t cgroup -o "none,name=$name" cgroup "$upper/cgroup-$name" || exit 9
      named=$(mktemp -d "$upper/cgroup-$name/$own.XXXXXX") && echo $$ >"$named/cgroup.procs" || exit 9
      groups+=("$named")
    done <"$BOX/hierarchies"
    mkdir -p "$upper/sys"
    mount -t tmpfs -o mode=755 tmpfs "$upper/sys" || exit 9
    "$BOX/supervisor" "$upper/box.sock" "$upper/sys" &
    until [ -S "$upper/box.sock" ]; do sleep 0.01; done
  fi
  export BOOT_STAGE=init
  timeout --foreground --kill-after 2 "${LIMIT:-120}" script --quiet --return --flush --command "$(printf '%q ' \
    unshare --fork --kill-child --pid --ipc --uts --net --cgroup --mount --propagation private "$0" "$@")" \
    "$console" </dev/null >/dev/null
  status=$?
  echo $$ >/sys/fs/cgroup/cgroup.procs
  echo 1 >"$group/cgroup.kill"
  for named in "${groups[@]:1}"; do echo $$ >"${named%/*}/cgroup.procs"; done
  for group in "${groups[@]}"; do
    until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; do sleep 0.05; done
  done
  exit "$status"
fi

# From here on we are PID 1, on a pty.
shift 4
terminal=$(tty)
hostname image
# An interface as the platform leaves it: up, with its address, before init begins. The peer only gives it a carrier.
ip link set lo up
if [ "${NIC-plumbed}" != none ]; then
  ip link add eth0 address 02:08:20:11:22:33 type veth peer name wire
  ip link set wire mtu 9000 up
fi
if [ "${NIC-plumbed}" = plumbed ]; then
  # illumos makes a link-local address only where something is IPv6.
  ip link set eth0 addrgenmode none up
  ip address add 192.0.2.10/24 dev eth0
  ip route add default via 192.0.2.1
fi
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
devices='null:1:3 zero:1:5 random:1:8 urandom:1:9 tty:5:0'
[ -n "${BOX:-}" ] || devices="$devices full:1:7"
for device in $devices; do
  IFS=: read -r name major minor <<<"$device"
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
mount -t tmpfs tmpfs "$root/dev/shm"
: >"$root/dev/console"
mount --bind "$terminal" "$root/dev/console"
mount -t proc proc "$root/proc"
# A boot id of its own, as each boot of a zone has one.
cat /proc/sys/kernel/random/uuid >"$upper/boot_id"
mount --bind "$upper/boot_id" "$root/proc/sys/kernel/random/boot_id"
if [ -n "${BOX:-}" ]; then
  # /proc and /sys have what an lx zone has (zone/answers.ts has the sources). /sys, /run and cgroups are for init to mount.
  ln -s console "$root/dev/kmsg"
  new=$root/.new
  mkdir "$new"
  mount -t tmpfs -o mode=755 tmpfs "$new"
  # shellcheck disable=SC2046 # a list of files
  (cd "$root/proc/sys" && cp --parents $(<"$BOX/proc-sys") "$new" 2>/dev/null)
  # libcap-ng believes the second only if it lies in a proc file system.
  for file in hostname cap_last_cap; do
    mount --bind "$root/proc/sys/kernel/$file" "$new/kernel/$file"
  done
  mount --rbind "$new" "$root/proc/sys"
  umount -l "$new"
  mount -o remount,bind,ro "$root/proc/sys"
  read -r _ _ release _ </proc/version
  printf 'Linux version %s (%s)\n' "$release" "$(<"$BOX/version")" >"$upper/proc-version"
  mount --bind "$upper/proc-version" "$root/proc/version"
  for file in cgroups filesystems; do
    mount --bind "$BOX/proc-$file" "$root/proc/$file"
  done
  # What init gets when it mounts sysfs.
  mount -t sysfs sysfs "$new"
  sys=$upper/sys
  mkdir -p "$sys"/{block,class/net,devices/{system,virtual/{bdi,net},zfs},fs/cgroup}
  for interface in lo eth0; do
    [ -e "$new/class/net/$interface" ] || continue
    mkdir "$sys/devices/virtual/net/$interface"
    for file in address addr_len flags ifindex mtu tx_queue_len type; do
      cat "$new/class/net/$interface/$file" >"$sys/devices/virtual/net/$interface/$file"
    done
    ln -s "../../devices/virtual/net/$interface" "$sys/class/net/$interface"
  done
  umount "$new"
  rmdir "$new"
else
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
fi
if [ -e "$root/proc/sysrq-trigger" ]; then
  mount --bind "$root/proc/sysrq-trigger" "$root/proc/sysrq-trigger"
  mount -o remount,bind,ro "$root/proc/sysrq-trigger"
fi
[ -z "${ZONE-1}" ] || mkdir -p "$root/native/usr/sbin"
platform=${PLATFORM:-${BOX:+$BOX/native/usr}}
if [ -n "${ZONE-1}" ] && [ -n "$platform" ]; then
  mount --bind "$platform" "$root/native/usr"
  mount -o remount,bind,ro "$root/native/usr"
fi
if [ -n "${ZONE-1}" ] && [ -n "${BOX:-}" ]; then
  mkdir -p "$root/native/sbin" "$root/native/lib"
  for folder in sbin usr/sbin; do
    mount --bind "$BOX/native/usr/sbin" "$root/native/$folder"
    mount -o remount,bind,ro "$root/native/$folder"
  done
fi
if [ -n "${METADATA:-}" ]; then
  mkdir -p "$root/native/.zonecontrol"
  mount --bind "$METADATA" "$root/native/.zonecontrol"
fi
# /proc is still the machine's own here, so it tells our number as the machine sees it.
read -r pid _ </proc/self/stat
cd "$root" || exit 9
printf '%s %s\n' "$pid" "$(date +%s%N)" >"$pidfile.new" && mv "$pidfile.new" "$pidfile"
# The stray variables are as a kernel or a platform may hand them to init; they would stop the agent's Node.js, or have it
# write a folder.
start=(bash -c 'mkdir -p .old; pivot_root . .old; cd /; exec /bin/sh -c "umount -l /.old; rmdir /.old; exec \"\$@\"" sh "$@"' b)
drop=-sys_time,-sys_module,-sys_rawio,-mknod,-syslog,-wake_alarm
if [ -n "${BOX:-}" ]; then
  start=("$BOX/zone-init" boot "$upper/box.sock" "$root")
fi
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=zone TERM=linux \
  NODE_REPL_EXTERNAL_MODULE=/nowhere NODE_V8_COVERAGE=/var/coverage LD_LIBRARY_PATH=/nowhere \
  setpriv --bounding-set="$drop" --inh-caps=-all "${start[@]}" "$@" \
  <"$root/dev/console" >"$root/dev/console" 2>&1
