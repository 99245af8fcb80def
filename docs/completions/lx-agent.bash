# bash completion for lx-agent
# Made by build/documents.ts; edit what that reads, not this.

_lx_agent() {
  local cur prev words cword command
  # Keys hold colons, at which bash would cut words.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n : cur prev words cword
  else
    words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=${words[cword]} prev=${words[cword-1]}
    [[ $prev != : ]] || return
  fi
  words_of() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
  # What follows the last comma is completed, and what is before it stays.
  list_of() {
    local before=
    [[ $cur != *,* ]] || before=${cur%,*},
    COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
  }

  command=${words[1]-}
  if ((cword == 1)); then
    words_of 'run boot status doctor logs collect history explain config timeline metadata image help --help -h --version'
    return
  fi
  case $command in
    config)
      if ((cword == 2)); then words_of 'check'; return; fi
      command="config ${words[2]-}" ;;
    metadata)
      if ((cword == 2)); then words_of 'get list put delete'; return; fi
      command="metadata ${words[2]-}" ;;
    image)
      if ((cword == 2)); then words_of 'install uninstall prepare unprepare check rules'; return; fi
      command="image ${words[2]-}" ;;
  esac
  case "$command $prev" in
    'run --stage') words_of 'early late all'; return ;;
    'run --deadline') COMPREPLY=(); return ;;
    'run --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'run --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'boot --place') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'boot --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'boot --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'status --deadline') COMPREPLY=(); return ;;
    'status --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'doctor --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'doctor --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'logs --lines') COMPREPLY=(); return ;;
    'logs --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'collect --output') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'collect --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'collect --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'history --lines') COMPREPLY=(); return ;;
    'history --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'explain --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'config check --metadata') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'config check --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'timeline --svg') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'timeline --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'metadata get --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'metadata get --deadline') COMPREPLY=(); return ;;
    'metadata get --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'metadata list --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'metadata list --deadline') COMPREPLY=(); return ;;
    'metadata list --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'metadata put --deadline') COMPREPLY=(); return ;;
    'metadata put --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'metadata delete --deadline') COMPREPLY=(); return ;;
    'metadata delete --socket') COMPREPLY=($(compgen -f -- "$cur")); return ;;
    'image install --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'image install --runtime') words_of 'auto private system'; return ;;
    'image uninstall --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'image prepare --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'image prepare --only') list_of 'directories native-runtime native-links config resolv.conf stand-ins services clean agent system-directories native-directories state-directories runtime-linker metadata-commands manual-path platform-gate platform-folders fstab inittab selinux keyboard rc-sysinit halt virtualization upstart-console console-getty password-logins utc product guest-log ifupdown-loopback resolv-conf upstart-events redhat-network redhat-networking openrc-stubs systemd-network-managers systemd-resolved systemd-disks ssh-socket upstart-off sysv-off redhat-off openrc-hardware runit-terminals systemd-former-drop-ins systemd-devices systemd-kernel systemd-hardware systemd-audit systemd-firewalls systemd-clock systemd-wait-online systemd-namespaces systemd-snaps dbus-broker systemd-first-boot first-boot-marks first-boot-scripts user-manager-input void-sysctl makedev elogind diversions other-writers cloud-init programs host-keys machine-id random-seed identities instance-secrets enrolments account-backups private-keys credentials passwords leases nic-rules installer-network network-files root-keys logs records agent-records installer-records cloud-init-state caches spools temporary-files docker-mark start-policy no-agent agent-program agent-runtime agent-units agent-manifest zone-kernel'; return ;;
    'image prepare --skip') list_of 'directories native-runtime native-links config resolv.conf stand-ins services clean agent system-directories native-directories state-directories runtime-linker metadata-commands manual-path platform-gate platform-folders fstab inittab selinux keyboard rc-sysinit halt virtualization upstart-console console-getty password-logins utc product guest-log ifupdown-loopback resolv-conf upstart-events redhat-network redhat-networking openrc-stubs systemd-network-managers systemd-resolved systemd-disks ssh-socket upstart-off sysv-off redhat-off openrc-hardware runit-terminals systemd-former-drop-ins systemd-devices systemd-kernel systemd-hardware systemd-audit systemd-firewalls systemd-clock systemd-wait-online systemd-namespaces systemd-snaps dbus-broker systemd-first-boot first-boot-marks first-boot-scripts user-manager-input void-sysctl makedev elogind diversions other-writers cloud-init programs host-keys machine-id random-seed identities instance-secrets enrolments account-backups private-keys credentials passwords leases nic-rules installer-network network-files root-keys logs records agent-records installer-records cloud-init-state caches spools temporary-files docker-mark start-policy no-agent agent-program agent-runtime agent-units agent-manifest zone-kernel'; return ;;
    'image unprepare --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'image check --root') COMPREPLY=($(compgen -d -- "$cur")); return ;;
    'image check --only') list_of 'directories native-runtime native-links config resolv.conf stand-ins services clean agent system-directories native-directories state-directories runtime-linker metadata-commands manual-path platform-gate platform-folders fstab inittab selinux keyboard rc-sysinit halt virtualization upstart-console console-getty password-logins utc product guest-log ifupdown-loopback resolv-conf upstart-events redhat-network redhat-networking openrc-stubs systemd-network-managers systemd-resolved systemd-disks ssh-socket upstart-off sysv-off redhat-off openrc-hardware runit-terminals systemd-former-drop-ins systemd-devices systemd-kernel systemd-hardware systemd-audit systemd-firewalls systemd-clock systemd-wait-online systemd-namespaces systemd-snaps dbus-broker systemd-first-boot first-boot-marks first-boot-scripts user-manager-input void-sysctl makedev elogind diversions other-writers cloud-init programs host-keys machine-id random-seed identities instance-secrets enrolments account-backups private-keys credentials passwords leases nic-rules installer-network network-files root-keys logs records agent-records installer-records cloud-init-state caches spools temporary-files docker-mark start-policy no-agent agent-program agent-runtime agent-units agent-manifest zone-kernel'; return ;;
    'image check --skip') list_of 'directories native-runtime native-links config resolv.conf stand-ins services clean agent system-directories native-directories state-directories runtime-linker metadata-commands manual-path platform-gate platform-folders fstab inittab selinux keyboard rc-sysinit halt virtualization upstart-console console-getty password-logins utc product guest-log ifupdown-loopback resolv-conf upstart-events redhat-network redhat-networking openrc-stubs systemd-network-managers systemd-resolved systemd-disks ssh-socket upstart-off sysv-off redhat-off openrc-hardware runit-terminals systemd-former-drop-ins systemd-devices systemd-kernel systemd-hardware systemd-audit systemd-firewalls systemd-clock systemd-wait-online systemd-namespaces systemd-snaps dbus-broker systemd-first-boot first-boot-marks first-boot-scripts user-manager-input void-sysctl makedev elogind diversions other-writers cloud-init programs host-keys machine-id random-seed identities instance-secrets enrolments account-backups private-keys credentials passwords leases nic-rules installer-network network-files root-keys logs records agent-records installer-records cloud-init-state caches spools temporary-files docker-mark start-policy no-agent agent-program agent-runtime agent-units agent-manifest zone-kernel'; return ;;
  esac
  case $command in
    'run')
      if [[ $cur == -* ]]; then words_of '--stage --dry-run -n --exit-code --deadline --force -f --root --socket --json --help -h'
      else words_of 'provision stand-ins hostname resolver network machine-id container-traces ssh-host-keys authorized-keys user-data zfs-mounts early-hooks operator-script routes user-script late-hooks'; fi ;;
    'boot')
      if [[ $cur == -* ]]; then words_of '--place --dry-run -n --root --socket --json --help -h'
      else COMPREPLY=(); fi ;;
    'status')
      if [[ $cur == -* ]]; then words_of '--wait --deadline --root --json --help -h'
      else COMPREPLY=(); fi ;;
    'doctor')
      if [[ $cur == -* ]]; then words_of '--root --socket --json --help -h'
      else COMPREPLY=(); fi ;;
    'logs')
      if [[ $cur == -* ]]; then words_of '--lines -n --last-run --root --json --help -h'
      else words_of 'agent operator-script user-script hooks'; fi ;;
    'collect')
      if [[ $cur == -* ]]; then words_of '--output -o --script-logs --root --socket --json --help -h'
      else COMPREPLY=(); fi ;;
    'history')
      if [[ $cur == -* ]]; then words_of '--lines -n --root --json --help -h'
      else COMPREPLY=(); fi ;;
    'explain')
      if [[ $cur == -* ]]; then words_of '--root --json --help -h'
      else if [[ $cur == /* ]]; then COMPREPLY=($(compgen -f -- "$cur")); else words_of 'provision stand-ins hostname resolver network machine-id container-traces ssh-host-keys authorized-keys user-data zfs-mounts early-hooks operator-script routes user-script late-hooks'; fi; fi ;;
    'config check')
      if [[ $cur == -* ]]; then words_of '--metadata --root --json --help -h'
      else COMPREPLY=($(compgen -f -- "$cur")); fi ;;
    'timeline')
      if [[ $cur == -* ]]; then words_of '--svg --blame --chain --root --json --help -h'
      else COMPREPLY=(); fi ;;
    'metadata get')
      if [[ $cur == -* ]]; then words_of '--last --root --deadline --socket --json --help -h'
      else words_of "sdc:uuid sdc:hostname hostname sdc:alias sdc:dns_domain sdc:resolvers sdc:maintain_resolvers sdc:nics sdc:routes sdc:datacenter_name sdc:owner_uuid sdc:image_uuid sdc:package_name sdc:max_physical_memory sdc:operator-script operator-script-url operator-script-sha256 user-script user-script-url user-script-sha256 user-data root_authorized_keys docker:id lx-agent:boot $(lx-agent metadata list --deadline 1 2>/dev/null)"; fi ;;
    'metadata list')
      if [[ $cur == -* ]]; then words_of '--last --root --deadline --socket --json --help -h'
      else COMPREPLY=(); fi ;;
    'metadata put')
      if [[ $cur == -* ]]; then words_of '--deadline --socket --json --help -h'
      else words_of "sdc:uuid sdc:hostname hostname sdc:alias sdc:dns_domain sdc:resolvers sdc:maintain_resolvers sdc:nics sdc:routes sdc:datacenter_name sdc:owner_uuid sdc:image_uuid sdc:package_name sdc:max_physical_memory sdc:operator-script operator-script-url operator-script-sha256 user-script user-script-url user-script-sha256 user-data root_authorized_keys docker:id lx-agent:boot $(lx-agent metadata list --deadline 1 2>/dev/null)"; fi ;;
    'metadata delete')
      if [[ $cur == -* ]]; then words_of '--deadline --socket --json --help -h'
      else words_of "sdc:uuid sdc:hostname hostname sdc:alias sdc:dns_domain sdc:resolvers sdc:maintain_resolvers sdc:nics sdc:routes sdc:datacenter_name sdc:owner_uuid sdc:image_uuid sdc:package_name sdc:max_physical_memory sdc:operator-script operator-script-url operator-script-sha256 user-script user-script-url user-script-sha256 user-data root_authorized_keys docker:id lx-agent:boot $(lx-agent metadata list --deadline 1 2>/dev/null)"; fi ;;
    'image install')
      if [[ $cur == -* ]]; then words_of '--root --runtime --without-init --force -f --dry-run -n --json --help -h'
      else COMPREPLY=(); fi ;;
    'image uninstall')
      if [[ $cur == -* ]]; then words_of '--root --force -f --dry-run -n --json --help -h'
      else COMPREPLY=(); fi ;;
    'image prepare')
      if [[ $cur == -* ]]; then words_of '--root --only --skip --force -f --dry-run -n --json --help -h'
      else COMPREPLY=(); fi ;;
    'image unprepare')
      if [[ $cur == -* ]]; then words_of '--root --force -f --dry-run -n --json --help -h'
      else COMPREPLY=(); fi ;;
    'image check')
      if [[ $cur == -* ]]; then words_of '--root --only --skip --json --help -h'
      else COMPREPLY=(); fi ;;
    'image rules')
      if [[ $cur == -* ]]; then words_of '--json --help -h'
      else COMPREPLY=(); fi ;;
    'help')
      if [[ $cur == -* ]]; then words_of '--help -h'
      else words_of 'run boot status doctor logs collect history explain config timeline metadata image help'; fi ;;
  esac
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _lx_agent lx-agent
