import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

/** The program under test: what `npm run build` makes, unless the environment names another. */
export const agentBinary = process.env.LX_AGENT_BINARY ?? join(repository, 'dist/lx-agent');

/** Build the program if it is missing, or older than anything it is built from; one that was named is taken as it is. */
export function buildIfStale(): void {
  if (process.env.LX_AGENT_BINARY === undefined && isStale(agentBinary))
    execFileSync('npm', ['run', 'build'], { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(agentBinary)) throw new Error(`there is no ${agentBinary}: npm run build makes it`);
}

function isStale(program: string): boolean {
  if (!existsSync(program)) return true;
  const built = statSync(program).mtimeMs;
  return ['agent', 'build', 'units', 'package-lock.json'].some(
    (name) => newest(join(repository, name)) > built,
  );
}

function newest(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
