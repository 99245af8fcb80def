import { type FileChange, subject } from './change.ts';
import type { Settled } from './settle.ts';

/** What a Change would do, as text: a unified diff for a file, one line for everything else. Secrets are masked. */
export async function describeDifference(settled: Settled & { result: 'wanted' }): Promise<string> {
  const { change, before } = settled;
  switch (change.kind) {
    case 'file':
      return await fileDifference(change, before);
    case 'copy':
      return `copy       ${change.from} -> ${change.path} (mode ${octal(change.mode)})\n`;
    case 'link':
      return `link       ${change.path} -> ${change.target}\n`;
    case 'directory':
      return `directory  ${change.path} (mode ${octal(change.mode)})\n`;
    case 'absent':
      return `remove     ${change.path}\n`;
    case 'rename':
      return `rename     ${change.from} -> ${change.to}\n`;
    case 'generated':
      return `generate   ${subject(change)} by ${change.argv[0]}\n`;
    case 'command':
      return `run        ${subject(change)}\n`;
  }
}

async function fileDifference(change: FileChange, before: Buffer | undefined): Promise<string> {
  const after = Buffer.from(change.content);
  const was = before === undefined ? '/dev/null' : `a${change.path}`;
  if (change.secret)
    return `--- ${was}\n+++ b${change.path}\n(secret: ${before?.length ?? 0} -> ${after.length} bytes, mode ${octal(change.mode)})\n`;
  if (before?.equals(after)) return `mode       ${change.path} -> ${octal(change.mode)}\n`;
  if (after.includes(0) || before?.includes(0)) return `binary     ${change.path} (${after.length} bytes)\n`;
  const { createTwoFilesPatch } = await import('diff');
  const patch = createTwoFilesPatch(
    was,
    `b${change.path}`,
    before?.toString() ?? '',
    after.toString(),
    '',
    '',
    { context: 2 },
  );
  return patch.replace(/^=+\n/, '').replaceAll(/\t$/gm, '');
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
