#!/bin/bash
# layer.sh LOWER LAYER PACKAGE...: install packages on a root (layers, joined by `:`), what changes in LAYER-VERSIONS, where
# VERSIONS is a hash of what would be installed: a layer that is there already is left. Prints its path. What a package's
# script leaves running ends with this. Needs root.
set -euo pipefail
if [ -z "${LAYER_MOUNTED:-}" ]; then
  LAYER_MOUNTED=1 exec unshare --mount --pid --fork --kill-child --propagation private "$0" "$@"
fi
lower=$1 layer=$2
shift 2
work=$(mktemp -d "${layer%/*}/making.XXXXXX")
trap 'umount -R "$work/root" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/files" "$work/work" "$work/root"
chmod 755 "$work/files"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/files,workdir=$work/work" "$work/root"
cp /etc/resolv.conf "$work/root/etc/resolv.conf"
mount -t proc proc "$work/root/proc"
mount -t tmpfs tmpfs "$work/root/var/cache/apt"
mount -t tmpfs tmpfs "$work/root/run"
export DEBIAN_FRONTEND=noninteractive
chroot "$work/root" apt-get -qq update >&2
apt=(chroot "$work/root" apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io)
versions=$("${apt[@]}" --print-uris install "$@" | cut -d' ' -f2 | sort | sha256sum | cut -c1-12)
done=$layer-$versions
if [ ! -d "$done" ]; then
  "${apt[@]}" install "$@" >&2
  rm -f "$work/root/etc/resolv.conf"
  umount -R "$work/root"
  mv "$work/files" "$done"
fi
echo "$done"
