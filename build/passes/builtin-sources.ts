import { spawnSync } from 'node:child_process';
import * as v from 'valibot';
import { DoesNotApply } from './does-not-apply.ts';

/**
 * Node's own modules that the agent never loads, and why not. A module that ends with `/` stands for all below it. What an
 * environment can have Node load stays: undici for `NODE_USE_ENV_PROXY`, the REPL, the test runner.
 */
export const neverLoaded: readonly { readonly module: string; readonly why: string }[] = [
  { module: 'internal/deps/amaro/', why: 'runs TypeScript; the program is bundled' },
  { module: 'internal/deps/acorn/', why: 'parses JavaScript for the REPL' },
  { module: 'internal/deps/minimatch/', why: 'glob(), and the test runner' },
  { module: 'internal/deps/v8/', why: 'evaluates profiles' },
  { module: 'internal/debugger/', why: 'the debugger' },
  { module: 'internal/quic/', why: 'HTTP/3, behind an option' },
  { module: 'internal/webstorage', why: 'localStorage, behind an option' },
  { module: 'sqlite', why: 'a database' },
  { module: 'wasi', why: 'runs WebAssembly' },
];

export function isNeverLoaded(id: string): boolean {
  return neverLoaded.some(({ module }) => (module.endsWith('/') ? id.startsWith(module) : id === module));
}

/**
 * Replace the sources of modules that are never loaded by one that throws, in place and with zeros behind it: a comment
 * may hold them. Gives the number of bytes. `node` is the program's Node.js, which tells the sources; `loaded` are the
 * modules in the program's heap snapshot. Throws DoesNotApply if one of those were dropped, or if a source is not in the program
 * exactly once.
 */
export function dropBuiltinSources(program: Buffer, node: string, loaded: readonly string[]): number {
  const needed = loaded.filter(isNeverLoaded);
  if (needed.length > 0)
    throw new DoesNotApply(`the heap snapshot has modules that are to go: ${needed.join(', ')}`);
  const sources = Object.entries(readSources(node)).filter(([id]) => isNeverLoaded(id));
  if (sources.length === 0)
    throw new DoesNotApply('this Node.js has none of the modules that are never loaded');
  let dropped = 0;
  for (const [id, source] of sources) {
    const stub = `throw new Error('lx-agent is built without ${id}')//`;
    if (source.length < 2 * stub.length) continue;
    // V8 has a string of Latin-1 or of UTF-16, as its characters need.
    const encoding = /^[\u0000-\u00ff]*$/.test(source) ? 'latin1' : 'utf16le';
    const bytes = Buffer.from(source, encoding);
    const at = program.indexOf(bytes);
    if (at === -1 || program.indexOf(bytes, at + 1) !== -1)
      throw new DoesNotApply(`the source of Node's module ${id} must be in the program once`);
    program.fill(0, at, at + bytes.length);
    program.write(stub, at, encoding);
    dropped += bytes.length;
  }
  return dropped;
}

/** The sources of Node's own modules by their ids, as this Node.js has them. */
function readSources(node: string): Readonly<Record<string, string>> {
  const script = `process.stdout.write(JSON.stringify(
    require('internal/test/binding').internalBinding('builtins').natives))`;
  const { status, stdout, stderr } = spawnSync(
    node,
    ['--expose-internals', '--no-warnings', '--eval', script],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new DoesNotApply(`this Node.js does not tell its sources: ${stderr.trim()}`);
  return v.parse(v.record(v.string(), v.string()), JSON.parse(stdout));
}
