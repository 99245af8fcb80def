import { expect, it } from 'vitest';
import { commands } from '../../agent/commands/table.ts';
import { openZone } from './zone.ts';

it('every command of the binary helps with itself, those of a boot and those that are carried beside it', async () => {
  const zone = await openZone();
  for (const { name } of commands) {
    const { status, stdout, stderr } = await zone.call([...name.split(' '), '--help']);
    expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
    expect(stdout, name).toContain(`lx-agent ${name}: `);
  }
});
