import { describe, expect, it } from 'vitest';
import { isIpAddress } from '../../agent/metadata/values.ts';
import { asBefore, givenToService, keepFirstLook } from '../../agent/network/first-look.ts';
import { files, scratchSystem } from '../support/scratch-system.ts';
import { networkFrom } from './cases.ts';

const nics = [
  { interface: 'net0', mac: '02:08:20:00:00:90', ips: ['192.0.2.10/24'], primary: true },
  { interface: 'net1', mac: '02:08:20:00:00:91', ips: ['198.51.100.20/24'] },
];
const kept = '/run/lx-agent-network';
const addresses = ['192.0.2.10'].filter(isIpAddress);

describe('the first look of a boot', () => {
  it('is kept for the rest of it', () => {
    const before = scratchSystem({ '/run/utmp': '' }, { boot: 'one' });
    const written = files(keepFirstLook(networkFrom({ nics, policy: 'full' }), before));
    expect(written).toEqual({ [kept]: 'one\neth0\neth1\n' });
    const later = scratchSystem(written, { boot: 'one' });
    expect([...givenToService(later)]).toEqual(['eth0', 'eth1']);
    expect(keepFirstLook(networkFrom({ nics, policy: 'full' }), later)).toHaveLength(1);
  });

  it('is not that of another boot, nor of one that has no identity', () => {
    const tree = { [kept]: 'one\neth0\n' };
    expect([...givenToService(scratchSystem(tree, { boot: 'two' }))]).toEqual([]);
    expect([...givenToService(scratchSystem(tree))]).toEqual([]);
    expect(keepFirstLook(networkFrom({ nics, policy: 'full' }), scratchSystem(tree))).toEqual([]);
  });

  it('leaves nothing behind where the platform has done it all, or there is no /run', () => {
    const handsOff = networkFrom({ nics, policy: 'hands-off' });
    expect(keepFirstLook(handsOff, scratchSystem({ '/run/utmp': '' }, { boot: 'one' }))).toEqual([]);
    expect(keepFirstLook(networkFrom({ nics, policy: 'full' }), scratchSystem({}, { boot: 'one' }))).toEqual(
      [],
    );
  });

  it('counts the addresses that the service has given since as not there', () => {
    const link = { name: 'eth0', mac: undefined, addresses };
    expect(asBefore(link, new Set(['eth0']))).toEqual({ ...link, addresses: [] });
    expect(asBefore(link, new Set(['eth1']))).toEqual(link);
    expect(asBefore({ ...link, addresses: undefined }, new Set(['eth0'])).addresses).toBeUndefined();
  });
});
