import { describe, expect, it } from 'vitest';
import { maskFor } from '../../agent/collect/masks.ts';

const script = `#!/bin/bash
export DB=planted-Hunter2
curl -u admin:Xy77-planted https://example.org/setup
echo done`;

describe('a mask knows secrets', () => {
  const mask = maskFor([script, 'pw-of-root'], '192.0.2.10 web-1 02:08:20:aa:bb:01');

  it.each([
    ['a whole value', 'root has pw-of-root now', 'root has [masked] now'],
    ['a line of one', '+ export DB=planted-Hunter2', '+ [masked]'],
    ['a word of one', 'login failed for "planted-Hunter2".', 'login failed for "[masked]".'],
    ['its base64', `data ${Buffer.from('pw-of-root').toString('base64')}`, 'data [masked]=='],
    ['ordinary words of it', 'export done? curl admin', 'export done? curl admin'],
    ['what is no secret', 'web-1 has 192.0.2.10', 'web-1 has 192.0.2.10'],
  ])('%s', (_name, text, clean) => {
    expect(mask(text)).toBe(clean);
  });

  it('in JSON as well', () => {
    expect(mask(JSON.stringify({ script }))).toBe('{"script":"[masked]"}');
  });
});

describe('a mask knows the form of secrets that nobody told it of', () => {
  const mask = maskFor([], '');

  it.each([
    ['password = hunter2', 'password = [masked]'],
    ['{"api_key": "a b", "x": 1}', '{"api_key": [masked], "x": 1}'],
    ['DB_PASSWORD=hunter2 run', 'DB_PASSWORD=[masked] run'],
    ['root_pw: hunter2', 'root_pw: [masked]'],
    ['{"root_pw": {"bytes": 12}}', '{"root_pw": {"bytes": 12}}'],
    ['psk=hunter2hunter2', 'psk=[masked]'],
    ['https://me:hunter2@example.org/x', 'https://[masked]@example.org/x'],
    ['Authorization: Basic aHVudGVyMg==', 'Authorization: [masked]'],
    ['curl -H "Authorization: Bearer abc.def.ghi"', 'curl -H "Authorization: [masked]'],
    ['root:$6$salt$hashhashhash:19000', 'root:[masked]:19000'],
    [
      'a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----\nz',
      'a\n[masked]\nz',
    ],
    ['-----BEGIN RSA PRIVATE KEY-----\ncut off', '[masked]'],
  ])('%s', (text, clean) => {
    expect(mask(text)).toBe(clean);
  });

  it.each(['metadata_deadline = 15', 'the key is missing', '/etc/ssh/ssh_host_ed25519_key', 'sdc:uuid'])(
    'and leaves the rest: %s',
    (text) => {
      expect(mask(text)).toBe(text);
    },
  );
});

it('a secret of many lines takes no time that grows with them', () => {
  const secret = Array.from({ length: 100_000 }, (_, index) => `line number ${index} Planted${index}`).join(
    '\n',
  );
  const mask = maskFor([secret], '');
  const text = `${'nothing here\n'.repeat(20_000)}line number 99999 Planted99999\nsaw Planted70000 x\n`;
  const clean = mask(text);
  expect(clean).not.toContain('Planted');
  expect(clean).toContain('nothing here');
});
