# The harness has mounted all there is.
mkdir -p /run/runit /run/lock
