import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dropBuiltinSources, isNeverLoaded } from '../../build/lighten/builtin-sources.ts';
import { dropEmbeddedCodeCaches } from '../../build/lighten/embedded-code-caches.ts';
import { dropSnapshotCodeCache } from '../../build/lighten/snapshot-code-cache.ts';
import { dropUnicodeData, isKept, readTable } from '../../build/lighten/unicode-data.ts';
import { agentBinary } from '../support/built.ts';

const program = readFileSync(agentBinary);
const isZero = (start: number, end: number) => !program.subarray(start, end).some((byte) => byte !== 0);

describe('the built program', () => {
  it('holds the data of ICU that is kept, and zeros where the rest was', () => {
    const { items, end } = readTable(program);
    const [kept, dropped] = [
      items.filter(({ name }) => isKept(name)),
      items.filter(({ name }) => !isKept(name)),
    ];
    const endOf = (start: number) => items.find((item) => item.start > start)?.start ?? end;
    expect(kept.length).toBeGreaterThan(30);
    expect(kept.filter(({ start }) => isZero(start, start + 32)).map(({ name }) => name)).toEqual([]);
    expect(dropped.slice(0, -1).filter(({ start }) => !isZero(start, endOf(start)))).toEqual([]);
  });

  it.each(['root.res', 'en.res', 'zoneinfo64.res', 'supplementalData.res', 'uemoji.icu', 'nfkc.nrm'])(
    'still has %s',
    (name) => {
      expect(readTable(program).items.map((item) => item.name)).toContain(name);
      expect(isKept(name)).toBe(true);
    },
  );

  it('says what is missing where one asks for a module that is not there', () => {
    expect(
      program.includes("throw new Error('lx-agent is built without internal/deps/amaro/dist/index')//\0"),
    ).toBe(true);
  });

  it('takes at most 80 MB where blocks of zeros are holes', () => {
    const block = 4096;
    let bytes = 0;
    for (let at = 0; at < program.length; at += block) if (!isZero(at, at + block)) bytes += block;
    expect(bytes).toBeLessThan(80e6);
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

describe('a Node.js that has something in another form ends the build', () => {
  const empty = Buffer.alloc(4096);

  it("without ICU's data", () => expect(() => dropUnicodeData(empty)).toThrow('CmnD'));
  it("with ICU's data twice", () => expect(() => dropUnicodeData(Buffer.from('CmnD CmnD'))).toThrow('once'));
  it('without code caches', () =>
    expect(() => dropEmbeddedCodeCaches(empty)).toThrow('no row of code caches'));
  it('without a list of them in the snapshot', () =>
    expect(() => dropSnapshotCodeCache(empty)).toThrow('no list of code caches'));
  it('without a source that is to go', () =>
    expect(() => dropBuiltinSources(empty, process.execPath, ['fs'])).toThrow('must be in the program once'));
  it('with a heap snapshot that needs what is to go', () =>
    expect(() => dropBuiltinSources(empty, process.execPath, ['fs', 'internal/debugger/inspect'])).toThrow(
      'the heap snapshot has modules that are to go: internal/debugger/inspect',
    ));
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
