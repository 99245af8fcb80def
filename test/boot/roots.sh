#!/bin/bash
# roots.sh DIR LAYER...: make Debian root layers for the boot tests, each once: DIR/base, and over it DIR/<layer>.
# Needs root and mmdebstrap. A layer that is there is left as it is; a half-made one is made anew.
#   SUITE    Debian release (the machine's own)
#   SOURCES  a sources file for apt (the machine's own); it may name the machine's release, which is put right
set -euo pipefail
dir=$1
shift
# shellcheck source=/dev/null
own=$(. /etc/os-release && echo "$VERSION_CODENAME")
suite=${SUITE:-$own}
sources=${SOURCES:-/etc/apt/sources.list.d/debian.sources}
mkdir -p "$dir"
cd "$dir"

# What a layer holds on top of the base.
packages() {
  case $1 in
    systemd) echo systemd systemd-sysv dbus ;;
    netplan) echo systemd systemd-sysv dbus netplan.io ;;
    networkmanager) echo systemd systemd-sysv dbus network-manager ;;
    crowded) echo systemd systemd-sysv dbus network-manager netplan.io cloud-init systemd-resolved ;;
    sysvinit) echo sysvinit-core sysv-rc insserv initscripts startpar ;;
    openrc) echo openrc sysvinit-core initscripts ;;
    # Debian 11 has the services in the package runit itself.
    runit) echo runit runit-init initscripts sysv-rc insserv; [ "$suite" = bullseye ] || echo runit-services ;;
    busybox) echo busybox-static ;;
    *) echo "roots.sh: no such layer: $1" >&2; exit 2 ;;
  esac
}

if [ ! -d base ]; then
  rm -rf base.new base.tar
  mkdir base.new
  mmdebstrap --quiet --mode=root --variant=apt --include=iproute2,ifupdown,openssh-server \
    --aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --skip=cleanup/apt,cleanup/apt/lists "$suite" base.tar - < <(sed "s/\b$own\b/$suite/g" "$sources")
  tar -xpf base.tar -C base.new
  rm base.tar
  # Packages of the layers start nothing while they are being installed.
  printf '#!/bin/sh\nexit 101\n' >base.new/usr/sbin/policy-rc.d
  chmod 755 base.new/usr/sbin/policy-rc.d
  # As an image comes: no keys of its own, and the programs that the tests watch give way to ones that keep a record.
  rm -f base.new/etc/ssh/ssh_host_*
  for program in usr/sbin/sshd usr/bin/ssh-keygen; do mv "base.new/$program" "base.new/$program.real"; done
  mv base.new base
fi

for layer; do
  [ "$layer" = base ] || [ -d "$layer" ] && continue
  rm -rf "$layer.new" "$layer.work"
  mkdir "$layer.new" "$layer.work"
  merged=$(mktemp -d)
  # shellcheck disable=SC2016,SC2046 # the inner script has its own arguments; the list of packages is to be split
  unshare --mount --propagation private bash -euc '
    mount -t overlay overlay -o "lowerdir=base,upperdir=$1.new,workdir=$1.work" "$2"
    cp /etc/resolv.conf "$2/etc/resolv.conf"
    mount -t proc proc "$2/proc"
    mount -t tmpfs tmpfs "$2/var/cache/apt"
    root=$2
    shift 2
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -qq install -y --no-install-recommends "$@" >/dev/null
    rm -f "$root/etc/resolv.conf"' _ "$layer" "$merged" $(packages "$layer")
  rm -rf "$layer.work"
  rmdir "$merged"
  mv "$layer.new" "$layer"
done
