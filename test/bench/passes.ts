import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PassName, passNames } from '../../build/passes/passes.ts';
import { withScratchZone } from '../../build/scratch-zone.ts';
import { sizesOf } from '../../build/sizes.ts';

/**
 * `npm run bench:passes`: what each pass of the build gains, as the table of docs/performance.md. The program is built
 * once with all passes, once without each, and once plain; of each, the machine instructions of an unchanged early stage
 * are counted, which no busy machine disturbs. It takes some five minutes, and needs Debian's valgrind and lz4.
 */
const repository = join(import.meta.dirname, '../..');
const folder = join(repository, 'out/passes');
const run = promisify(execFile);

interface Figures {
  readonly instructions: number;
  readonly onDisk: number;
  readonly lz4: number;
}

async function figuresOf(options: readonly string[]): Promise<Figures> {
  rmSync(folder, { recursive: true, force: true });
  await run(process.execPath, [join(repository, 'build/binary.ts'), '--output', folder, ...options]);
  const program = join(folder, 'lx-agent');
  const { onDisk, lz4 = Number.NaN } = sizesOf(program);
  return { instructions: await instructionsOf(program), onDisk, lz4 };
}

async function instructionsOf(program: string): Promise<number> {
  let instructions = Number.NaN;
  await withScratchZone('bench', async ({ target }) => {
    const early = ['run', '--stage', 'early', ...target];
    for (let times = 0; times < 2; times++) await run(program, early);
    const { stderr } = await run('valgrind', [
      ...['--tool=callgrind', '--callgrind-out-file=/dev/null', program],
      ...early,
    ]);
    instructions = Number(/Collected : (\d+)/.exec(stderr)?.[1]);
  });
  return instructions;
}

function row(what: string, { instructions, onDisk, lz4 }: Figures): string {
  const millions = [instructions, onDisk, lz4].map((value) => (value / 1e6).toFixed(1));
  return `| ${[what, ...millions].join(' | ')} |`;
}

console.log('| program | million instructions | MB on disk | MB by lz4 |');
console.log('| --- | ---: | ---: | ---: |');
console.log(row('all passes', await figuresOf(['--strict'])));
for (const name of passNames) console.log(row(`without ${name}`, await without(name)));
console.log(row('plain', await figuresOf(['--plain'])));
rmSync(folder, { recursive: true, force: true });

/** Not strict: builtin-sources does not apply without warm-snapshot. */
function without(name: PassName): Promise<Figures> {
  return figuresOf(['--without', name]);
}
