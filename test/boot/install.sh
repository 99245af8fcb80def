#!/bin/bash
# install.sh LOWER LAYER COMMAND...: run COMMAND with the path of a root as its last argument: an overlay of LOWER
# (layers, joined by `:`) whose changes become LAYER. COMMAND has process ids of its own: what a package's script
# leaves running in the root ends with it, so that the root is at rest when it is unmounted. Needs root.
set -euo pipefail
if [ -z "${INSTALL_MOUNTED:-}" ]; then
  INSTALL_MOUNTED=1 exec unshare --mount --propagation private "$0" "$@"
fi
lower=$1 layer=$2
shift 2
mkdir "$layer.work" "$layer.root"
trap 'umount "$layer.root"; rm -rf "$layer.work"; rmdir "$layer.root"' EXIT
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer,workdir=$layer.work" "$layer.root"
unshare --mount --pid --fork --kill-child --mount-proc "$@" "$layer.root"
