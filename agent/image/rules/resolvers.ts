import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** With systemd-resolved off, its link dangles, and the resolvers from the metadata have no file to go to. */
function withoutResolved({ root }: Image): Want[] {
  return /\brun\/systemd\/resolve\//.test(root.linkTarget('/etc/resolv.conf') ?? '')
    ? [{ remove: '/etc/resolv.conf' }]
    : [];
}

export const resolverRules: readonly Rule[] = [
  {
    id: 'resolv-conf',
    category: 'resolv.conf',
    summary: "no resolv.conf that leads to systemd-resolved's run-time folder",
    reason: 'resolvers come from the metadata at boot, and systemd-resolved does not run in an lx zone',
    source: 'RFD 15; lx-images',
    wants: withoutResolved,
  },
];
