#!/bin/bash
# upgrade.sh ROOT PACKAGE...: upgrade those of the packages that a Debian root has, each to a version of its own with
# a higher number and one more line in every configuration file. dpkg is told nothing about those files: where one
# has been edited, it asks, gets no answer, and fails. Prints `upgraded N packages`. Needs root.
set -euo pipefail
root=$1
shift
work=$(mktemp -d)
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"; rm -rf "$work" "$root/tmp/newer"' EXIT
mkdir "$root/tmp/newer"
cd "$work"
mkdir -p cache/archives/partial
count=0
for name; do
  [ "$(chroot "$root" dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || continue
  apt-get -o Dir="$root" -o Dir::State::status="$root/var/lib/dpkg/status" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User=root download -qq "$name"
  dpkg-deb --raw-extract "$name"_*.deb tree
  sed -i 's/^Version: .*/&+newer/' tree/DEBIAN/control
  if [ -e tree/DEBIAN/conffiles ]; then
    grep '^/' tree/DEBIAN/conffiles | while read -r file; do echo '# one more line' >>"tree$file"; done
  fi
  dpkg-deb --root-owner-group -Znone --build tree "$root/tmp/newer/$name.deb" >/dev/null
  rm -rf tree "$name"_*.deb
  count=$((count + 1))
done
chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive dpkg --force-depends,unsafe-io --install /tmp/newer/*.deb' </dev/null >"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
[ "$(chroot "$root" dpkg-query -W | grep -c '+newer$')" -eq "$count" ]
echo "upgraded $count packages"
