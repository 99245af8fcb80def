#!/bin/bash
# machine.sh: be PID 1 of a machine that is only namespaces (pid, mount, network), on this machine's own programs.
# What it writes below /etc, /run and /var/lib is its own. /sys is read-only, as a container has it: there is no udev.
# Then say `ready`, and wait to be ended.
set -eu
layer() {
  mkdir -p "/run/$2" "/run/$2.work"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=/run/$2,workdir=/run/$2.work" "$1"
}
mount -t tmpfs -o mode=755 tmpfs /run
layer /etc etc
layer /var/lib varlib
mount -t tmpfs -o mode=755 tmpfs /run
mount -t sysfs -o ro sysfs /sys
rm -rf /etc/network/interfaces.d/* /etc/netplan/* /etc/systemd/network/*
mkdir -p /run/network /run/dbus /run/systemd/netif /run/NetworkManager
chown systemd-network:systemd-network /run/systemd/netif
ip link set lo up
echo ready
exec sleep infinity
