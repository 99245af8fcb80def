# Early stage: hostname, resolvers, network files, SSH keys. In stage 1, after the file systems are mounted and before
# the hostname is set; every service (network, SSH keys, sshd, logins) is stage 2.
# This file is sourced: no `exit`, and nothing that changes the shell. There is no time limit: the agent's own deadlines
# are the bound.
# Nothing of init's environment comes along: NODE_* and LD_* would alter or stop the Node.js in the agent.
/usr/bin/env -i /usr/bin/lx-agent run --stage early || :
# What the early stage wrote of the network, or the boot before: Void has no network service that would read it.
if [ -r /etc/runit/lx-agent-network ]; then . /etc/runit/lx-agent-network; fi
