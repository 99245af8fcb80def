#!/bin/bash
# scene.sh DEBIAN FOLDER SOCKETS: a zone's view for two contenders, in namespaces of this process's own (unshare
# --mount --net --uts): FOLDER/cloud-init and FOLDER/lx-agent, copies of one Debian root, with the zone's NICs, and
# the folder of the metadata socket where lx has it. Says `ready`, and lasts until its input ends.
set -euo pipefail
debian=$1 folder=$2 sockets=$3
ip link set lo up
ip link add net0 address 90:b8:d0:1a:2b:3c type veth peer name net1 address 90:b8:d0:4d:5e:6f
# An address is there at once, as in a zone: no waiting for a neighbour that might have it too.
for device in all default net0 net1; do echo 0 >"/proc/sys/net/ipv6/conf/$device/accept_dad"; done
ip link set net0 up
ip link set net1 up
# The addresses of test/support/instances/web.json, put there by the platform before init starts.
ip address add 192.0.2.10/24 dev net0
ip address add 2001:db8::10/64 dev net0
ip address add 10.0.4.10/22 dev net1
ip route add default via 192.0.2.1
for name in cloud-init lx-agent; do
  mkdir -p "$folder/$name.upper" "$folder/$name.work" "$folder/$name"
  root=$folder/$name
  mount -t overlay overlay -o "lowerdir=$debian,upperdir=$root.upper,workdir=$root.work" "$root"
  mkdir -p "$root/native/.zonecontrol"
  mount --bind "$sockets" "$root/native/.zonecontrol"
  mount -t proc proc "$root/proc"
  # Each boot has an identity of its own; see newBoot() in peer.ts.
  touch "$root.boot_id"
  mount --bind "$root.boot_id" "$root/proc/sys/kernel/random/boot_id"
  mount -t sysfs sysfs "$root/sys"
  mount --bind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/run"
done
echo ready
read -r _ || true
