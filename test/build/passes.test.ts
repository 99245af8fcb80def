import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Attempts } from '../../build/passes/attempts.ts';
import { dropBuiltinSources, isNeverLoaded } from '../../build/passes/builtin-sources.ts';
import { codeCacheMagic } from '../../build/passes/code-cache.ts';
import { DoesNotApply } from '../../build/passes/does-not-apply.ts';
import { dropEmbeddedCodeCaches } from '../../build/passes/embedded-code-caches.ts';
import { passNames } from '../../build/passes/passes.ts';
import { dropSnapshotCodeCache } from '../../build/passes/snapshot-code-cache.ts';
import { stripSymbols } from '../../build/passes/strip.ts';
import { dropUnicodeData, isKept, readTable } from '../../build/passes/unicode-data.ts';
import { v8Options } from '../../build/passes/v8-options.ts';
import { withWarmSnapshot } from '../../build/passes/warm-snapshot.ts';
import { agentBinary } from '../support/built.ts';
import { wasBuiltWith } from '../support/passes.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

// A program that was built without a pass is held to the opposite: what the pass would drop is whole.

const program = readFileSync(agentBinary);
const isZero = (start: number, end: number) => !program.subarray(start, end).some((byte) => byte !== 0);
const leftOut = passNames.filter((name) => !wasBuiltWith(name));

describe(`the program, built ${leftOut.length === 0 ? 'with all passes' : `without ${leftOut.join(', ')}`}`, () => {
  it('holds the data of ICU that is kept, and the rest only without the pass unicode-data', () => {
    const { items, end } = readTable(program);
    const [kept, dropped] = [
      items.filter(({ name }) => isKept(name)),
      items.filter(({ name }) => !isKept(name)),
    ];
    const endOf = (start: number) => items.find((item) => item.start > start)?.start ?? end;
    expect(kept.length).toBeGreaterThan(30);
    expect(kept.filter(({ start }) => isZero(start, start + 32)).map(({ name }) => name)).toEqual([]);
    const zeros = dropped.slice(0, -1).filter(({ start }) => isZero(start, endOf(start)));
    expect(zeros.length).toBe(wasBuiltWith('unicode-data') ? dropped.length - 1 : 0);
  });

  it.each(['root.res', 'en.res', 'zoneinfo64.res', 'supplementalData.res', 'uemoji.icu', 'nfkc.nrm'])(
    'still has %s',
    (name) => {
      expect(readTable(program).items.map((item) => item.name)).toContain(name);
      expect(isKept(name)).toBe(true);
    },
  );

  it('has a source that says what is missing, in place of the dropped one, with the pass builtin-sources', () => {
    const stub = "throw new Error('lx-agent is built without internal/deps/amaro/dist/index')//\0";
    expect(program.includes(stub)).toBe(wasBuiltWith('builtin-sources'));
  });

  it('takes at most 80 MB where blocks of zeros are holes, or 180 MB when any pass is missing', () => {
    const block = 4096;
    let bytes = 0;
    for (let at = 0; at < program.length; at += block) if (!isZero(at, at + block)) bytes += block;
    expect(bytes).toBeLessThan(leftOut.length === 0 ? 80e6 : 180e6);
  });

  it('is an ELF program that illumos starts: a PT_PHDR entry stands before every PT_LOAD, and has flags', () => {
    // elf(5): where the program headers are, how large and how many; of each the type and the flags.
    const [start, size, count] = [
      Number(program.readBigUInt64LE(32)),
      program.readUInt16LE(54),
      program.readUInt16LE(56),
    ];
    const headers = Array.from({ length: count }, (_, index) => start + index * size).map((at) => ({
      type: program.readUInt32LE(at),
      flags: program.readUInt32LE(at + 4),
    }));
    const [load, table] = [1, 6];
    const [first] = headers.filter(({ type }) => type === load || type === table);
    expect(first?.type).toBe(table);
    expect(first?.flags).not.toBe(0);
    expect(headers.filter(({ type }) => type === load).length).toBeGreaterThan(1);
  });
});

describe('a pass does not apply', () => {
  const empty = Buffer.alloc(4096);
  const magic = codeCacheMagic(process.execPath);
  const refuses = (work: () => unknown, reason: string) => {
    expect(work).toThrow(DoesNotApply);
    expect(work).toThrow(reason);
  };

  it("without ICU's data", () => refuses(() => dropUnicodeData(empty), 'CmnD'));
  it("with ICU's data twice, or its name alone", () => {
    const header = Buffer.from([32, 0, 0xda, 0x27, 0, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('CmnD')]);
    refuses(() => dropUnicodeData(Buffer.concat([header, header])), 'once');
    refuses(() => dropUnicodeData(Buffer.from('udata_getCmnDataFrom')), 'once');
  });
  it('without code caches', () =>
    refuses(() => dropEmbeddedCodeCaches(empty, magic), 'no row of code caches'));
  it('without a list of them in the snapshot', () =>
    refuses(() => dropSnapshotCodeCache(empty, magic), 'no list of code caches'));
  it('without a source that is to go', () =>
    refuses(() => dropBuiltinSources(empty, process.execPath, ['fs']), 'must be in the program once'));
  it('with a heap snapshot that needs what is to go', () =>
    refuses(
      () => dropBuiltinSources(empty, process.execPath, ['fs', 'internal/debugger/inspect']),
      'the heap snapshot has modules that are to go: internal/debugger/inspect',
    ));

  it('when Node.js does not tell its sources, refuses an option of V8, or is nothing that can be stripped', () => {
    const node = join(temporaryRoot({ '/node': '#!/bin/sh\necho "bad option: $1" >&2\nexit 9\n' }), 'node');
    chmodSync(node, 0o755);
    refuses(
      () => dropBuiltinSources(empty, node, []),
      'does not tell its sources: bad option: --expose-internals',
    );
    refuses(() => v8Options(node), 'refuses --no-rehash-snapshot: bad option: --no-rehash-snapshot');
    refuses(() => codeCacheMagic(node), 'makes no code cache');
    refuses(() => stripSymbols(node), 'strip(1)');
  });

  it('when the snapshot cannot be made: the reason is the line that Node.js gives', async () => {
    const failure = new Error(
      'Error while creating the executable: Command failed: node\nError: this Node.js has no x()\n    at y\nNode.js v1',
    );
    const made = withWarmSnapshot(() => Promise.reject(failure));
    await expect(made).rejects.toThrow(DoesNotApply);
    await expect(made).rejects.toThrow('could not be made: Error: this Node.js has no x()');
  });
});

describe('a build attempts each pass', () => {
  const doesNotApply = () => {
    throw new DoesNotApply('no such thing');
  };
  const plain = () => 'plain';

  it('and does the plain thing, with a warning, where one does not apply', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const attempts = new Attempts({ without: ['unicode-data'], strict: false });
    expect(await attempts.attempt('strip', () => 'stripped', plain)).toBe('stripped');
    expect(await attempts.attempt('unicode-data', () => 'dropped', plain)).toBe('plain');
    expect(warn).not.toHaveBeenCalled();
    expect(await attempts.attempt('warm-snapshot', doesNotApply, plain)).toBe('plain');
    expect(warn.mock.calls).toEqual([
      ['WARNING: the pass warm-snapshot does not apply and is left out: no such thing'],
    ]);
    const record = join(temporaryRoot({}), 'passes.json');
    attempts.writeRecord(record);
    expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual({
      applied: ['strip'],
      leftOut: { 'unicode-data': 'left out by choice', 'warm-snapshot': 'no such thing' },
    });
  });

  it('and ends where one does not apply in a strict build, as in any build where one fails otherwise', async () => {
    const strict = new Attempts({ without: [], strict: true });
    await expect(strict.attempt('strip', doesNotApply, plain)).rejects.toThrow(
      'the pass strip does not apply: no such thing',
    );
    const attempts = new Attempts({ without: [], strict: false });
    await expect(
      attempts.attempt('strip', () => Promise.reject(new Error('disk full')), plain),
    ).rejects.toThrow('disk full');
  });
});

it.each([
  ['internal/deps/amaro/dist/index', true],
  ['sqlite', true],
  ['internal/deps/undici/undici', false],
  ['repl', false],
  ['internal/test/binding', false],
  ['internal/process/pre_execution', false],
  ['_http_client', false],
])('the module %s goes: %s', (id, goes) => expect(isNeverLoaded(id)).toBe(goes));
