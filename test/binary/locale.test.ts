import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { web } from '../support/instances/web.ts';
import { webServer } from '../support/web-server.ts';
import { openZone } from './zone.ts';

// The program carries little of ICU's data: no locale, zone or encoding of an instance may need what is not there.

const locales = [
  'C',
  'C.UTF-8',
  'de_DE.UTF-8',
  'ja_JP.eucJP',
  'ar_EG',
  'th_TH.TIS-620',
  'tr_TR',
  'no such',
  '',
  '@',
];
const zones = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'America/St_Johns',
  'CET-1CEST',
  ':/etc/localtime',
  'no/such',
  '',
];

describe('whatever the locale and the time zone', () => {
  it.each(locales)('LANG=%s: commands say the same', async (LANG) => {
    const zone = await openZone();
    await zone.run();
    const say = (environment: Record<string, string>) =>
      zone.call(['status', '--root', zone.root, '--json'], { environment });
    const [plain, other] = [await say({ LANG: 'C' }), await say({ LANG, LC_ALL: LANG, LANGUAGE: LANG })];
    expect(other).toEqual(plain);
    expect(other.status).toBe(0);
  });

  it.each(zones)('TZ=%s: time stamps are in UTC', async (TZ) => {
    const zone = await openZone();
    const args = ['run', '--root', zone.root, '--socket', zone.socketPath, '--json'];
    const { status, stdout } = await zone.call(args, { environment: { TZ } });
    expect(status).toBe(0);
    const { started } = JSON.parse(stdout);
    expect(started).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(started) - Date.now())).toBeLessThan(600_000);
  });
});

describe('text in any encoding', () => {
  it('metadata in UTF-8, of all planes, comes through', async () => {
    const text = 'Grüße, Ελλάδα, 日本, 🐧, e\u0301, \u{10fffd}\n';
    const zone = await openZone({ ...web, 'user-data': text });
    expect((await zone.run('user-data')).status).toBe(0);
    expect(zone.text('/var/db/mdata-user-data')).toBe(text);
  });

  it('lines of Latin-1 and of UTF-16 in a file of others stay as they are, byte for byte', async () => {
    const latin1 = Buffer.from('# caf\xe9\n127.0.0.1 localhost\n', 'latin1');
    const utf16 = Buffer.concat([Buffer.from('# '), Buffer.from('Grüße', 'utf16le'), Buffer.from('\n')]);
    const zone = await openZone();
    writeFileSync(join(zone.root, 'etc/hosts'), Buffer.concat([latin1, utf16]));
    expect((await zone.run('hostname')).status).toBe(0);
    const hosts = zone.tree()['/etc/hosts'] ?? '';
    expect(hosts).toContain('# caf\xe9\n');
    expect(hosts).toContain(utf16.toString('latin1'));
  });
});

describe('a script at a host with an international name', () => {
  it('is asked for by its ASCII form', async () => {
    const { url } = await webServer((_, response) => response.end('#!/bin/sh\n'));
    // UTS 46 maps full-width letters to ASCII ones.
    const { 'user-script': _, ...others } = web;
    const wide = url.replace(/127\.0\.0\.1|localhost/, 'ｌｏｃａｌｈｏｓｔ');
    expect(wide).not.toBe(url);
    const zone = await openZone({ ...others, 'user-script-url': `${wide}/s` });
    const { status, stdout } = await zone.run('user-script');
    expect({ status, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stdout: '' });
    expect(zone.tree()['/var/svc/mdata-user-script']).toBe('file 700 #!/bin/sh\n');
  });
});
