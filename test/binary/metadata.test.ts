import { describe, expect, it } from 'vitest';
import { openZone } from './zone.ts';

describe('the metadata commands, as mdata-get and its like', () => {
  it('get, list, put and delete', async () => {
    const zone = await openZone({ 'sdc:uuid': 'x', color: 'blue', lines: '.\n..\né' });
    const call = (words: string, input?: string) =>
      zone.call(
        ['metadata', ...words.split(' '), '--socket', zone.socketPath],
        input === undefined ? {} : { input },
      );
    expect(await call('get color')).toEqual({ status: 0, stdout: 'blue\n', stderr: '' });
    expect(await call('get lines')).toMatchObject({ status: 0, stdout: '.\n..\né\n' });
    expect(await call('get sdc:uuid --json')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"x"'),
    });
    expect(await call('get nothing')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('nothing'),
    });
    expect(await call('list')).toMatchObject({ status: 0, stdout: 'color\nlines\n' });
    expect(await call('put shape round')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await call('put text', 'from\nstandard input')).toMatchObject({ status: 0 });
    expect(zone.server.metadata.get('text')).toBe('from\nstandard input');
    expect(await call('delete shape')).toMatchObject({ status: 0 });
    expect(await call('delete shape')).toMatchObject({ status: 0 });
    expect(zone.server.metadata.has('shape')).toBe(false);
    expect(await call('put sdc:uuid y')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('read-only'),
    });
    expect(await call('get')).toMatchObject({ status: 3 });
  });

  it('end in time when nobody answers', async () => {
    const zone = await openZone({ color: 'blue' }, { faults: { mute: true } });
    const ended = await zone.call([
      'metadata',
      'get',
      'color',
      '--deadline',
      '1',
      '--socket',
      zone.socketPath,
    ]);
    expect(ended).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('no metadata from'),
    });
  });
});
