import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../../docs');
const completions = join(docs, 'completions');

describe('manual pages', () => {
  it.each(['lx-agent.8', 'lx-agent.ini.5'])('%s is read without a warning', (page) => {
    for (const device of ['utf8', 'ascii']) {
      const { stdout, stderr, status } = spawnSync(
        'man',
        ['--warnings', `-T${device}`, '-l', join(docs, page)],
        {
          encoding: 'utf8',
          env: { ...process.env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '1' },
        },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('lx-agent');
    }
  });
});

describe('bash', () => {
  const complete = (line: string, preamble = '') => {
    const words = line.split(' ');
    const script = `${preamble}
      . '${completions}/lx-agent.bash'
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
      COMP_LINE='${line}' COMP_POINT=${line.length}
      _lx_agent
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
  };

  it('takes the script', () => {
    execFileSync('bash', ['-n', join(completions, 'lx-agent.bash')]);
  });

  it.each([
    ['lx-agent st', ['status']],
    ['lx-agent image ', ['install', 'uninstall', 'prepare', 'unprepare', 'check', 'rules']],
    ['lx-agent image check --skip agent-p', ['agent-program']],
    ['lx-agent image prepare --skip clean,ut', ['clean,utc']],
    ['lx-agent run --st', ['--stage']],
    ['lx-agent run --stage e', ['early']],
    ['lx-agent run machine', ['machine-id']],
    ['lx-agent image check --root /us', ['/usr']],
    ['lx-agent explain machine', ['machine-id']],
    ['lx-agent explain /us', ['/usr']],
  ])('completes %j', (line, expected) => {
    expect(complete(line)).toEqual(expected);
  });
});

describe('fish', () => {
  const complete = (line: string) =>
    execFileSync('fish', ['-N', '-c', `source '${completions}/lx-agent.fish'; complete -C '${line}'`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .filter(Boolean)
      .map((each) => each.split('\t')[0]);

  it('takes the script', () => {
    execFileSync('fish', ['-n', join(completions, 'lx-agent.fish')]);
  });

  it.each([
    ['lx-agent st', ['status']],
    ['lx-agent image pre', ['prepare']],
    ['lx-agent image check --skip agent-p', ['agent-program']],
    ['lx-agent image prepare --skip clean,ut', ['clean,utc']],
    ['lx-agent run --st', ['--stage']],
    ['lx-agent run --stage e', ['early']],
    ['lx-agent run machine', ['machine-id']],
    ['lx-agent explain machine', ['machine-id']],
  ])('completes %j', (line, expected) => {
    expect(complete(line)).toEqual(expected);
  });
});

describe('zsh', () => {
  /** A real completion in a pseudo-terminal of its own: what it shows until what is expected is there; throws if that never comes. */
  const complete = (line: string, expected: string) => {
    const script = `
      zmodload zsh/zpty
      zpty z zsh -f -i
      await() { local seen; while zpty -r z seen "*$1*"; do return; done }
      zpty -w z "PS1='R'EADY; fpath=('${completions}' \\$fpath); autoload -U compinit; compinit -u -D; setopt no_auto_menu"
      await READY
      zpty -w -n z $'${line}\\t'
      zpty -r z shown '*${expected}*'
      print -r -- "$shown"
      zpty -d z`;
    return execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8', timeout: 30_000 });
  };

  it('takes the script', () => {
    execFileSync('zsh', ['-n', join(completions, '_lx-agent')]);
  });

  it.each([
    ['lx-agent image ', 'Prepare an image for lx zones'],
    ['lx-agent metadata get sdc:da', 'tacenter_name'],
    ['lx-agent run --stage ', 'early'],
    ['lx-agent explain machi', 'ne-id'],
    ['lx-agent explain /us', '/usr'],
  ])('completes %j', (line, expected) => {
    expect(complete(line, expected)).toContain(expected);
  });
});
