import type { Command, Completion, Option } from '../agent/commands/command.ts';
import { logNames } from '../agent/commands/log-files.ts';
import { commonOptions, programOptions } from '../agent/commands/options.ts';
import { commands } from '../agent/commands/table.ts';
import { selectableNames } from '../agent/image/selection.ts';
import { keys } from '../agent/metadata/keys.ts';
import type { Step } from '../agent/steps/step.ts';

const source = '# Made by build/documents.ts; edit what that reads, not this.';
const optionsOf = (command: Command): readonly Option[] => [...command.options, ...commonOptions];
const groups = [
  ...new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : []))),
];
const firstWords = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
const verbsOf = (group: string) =>
  commands.filter(({ name }) => name.startsWith(`${group} `)).map(({ name }) => name.slice(group.length + 1));
const wordsOf = (options: readonly Option[]) =>
  options.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);

/** Completion for bash, with or without the bash-completion package. */
export function bashCompletion(steps: readonly Step[]): string {
  const value = (kind: Completion | undefined): string => {
    if (kind === 'directory') return 'COMPREPLY=($(compgen -d -- "$cur"))';
    if (kind === 'file') return 'COMPREPLY=($(compgen -f -- "$cur"))';
    if (kind === 'step') return `words_of '${steps.map(({ name }) => name).join(' ')}'`;
    if (kind === 'step or file')
      return `if [[ $cur == /* ]]; then ${value('file')}; else ${value('step')}; fi`;
    if (kind === 'command') return `words_of '${firstWords.join(' ')}'`;
    if (kind === 'log') return `words_of '${logNames.join(' ')}'`;
    if (kind === 'rule') return `list_of '${selectableNames().join(' ')}'`;
    if (kind === 'key')
      return `words_of "${Object.keys(keys).join(' ')} $(lx-agent metadata list --deadline 1 2>/dev/null)"`;
    return 'COMPREPLY=()';
  };
  const valueCases = commands.flatMap((command) =>
    optionsOf(command)
      .filter((option) => option.value !== undefined)
      .map((option) => {
        const action =
          option.choices === undefined ? value(option.completes) : `words_of '${option.choices.join(' ')}'`;
        return `    '${command.name} --${option.name}') ${action}; return ;;`;
      }),
  );
  const commandCases = commands.map((command) => {
    const operand = value(command.operands[0]?.completes);
    return [
      `    '${command.name}')`,
      `      if [[ $cur == -* ]]; then words_of '${wordsOf(optionsOf(command)).join(' ')}'`,
      `      else ${operand}; fi ;;`,
    ].join('\n');
  });
  return `# bash completion for lx-agent
${source}

_lx_agent() {
  local cur prev words cword command
  # Keys hold colons, at which bash would cut words.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n : cur prev words cword
  else
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${words[cword]} prev=\${words[cword-1]}
    [[ $prev != : ]] || return
  fi
  words_of() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
  # What follows the last comma is completed, and what is before it stays.
  list_of() {
    local before=
    [[ $cur != *,* ]] || before=\${cur%,*},
    COMPREPLY=($(compgen -P "$before" -W "$1" -- "\${cur##*,}"))
  }

  command=\${words[1]-}
  if ((cword == 1)); then
    words_of '${[...firstWords, ...wordsOf(programOptions)].join(' ')}'
    return
  fi
  case $command in
${groups
  .map(
    (group) => `    ${group})
      if ((cword == 2)); then words_of '${verbsOf(group).join(' ')}'; return; fi
      command="${group} \${words[2]-}" ;;`,
  )
  .join('\n')}
  esac
  case "$command $prev" in
${valueCases.join('\n')}
  esac
  case $command in
${commandCases.join('\n')}
  esac
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _lx_agent lx-agent
`;
}

/** Completion for zsh, with the summaries beside the words. */
export function zshCompletion(steps: readonly Step[]): string {
  const value = (kind: Completion | undefined): string => {
    if (kind === 'directory') return '_directories';
    if (kind === 'file') return '_files';
    if (kind === 'step') return `(${steps.map(({ name }) => name).join(' ')})`;
    if (kind === 'step or file')
      return `{if [[ $PREFIX == /* ]]; then _files; else compadd ${steps.map(({ name }) => name).join(' ')}; fi}`;
    if (kind === 'command') return `(${firstWords.join(' ')})`;
    if (kind === 'log') return `(${logNames.join(' ')})`;
    if (kind === 'rule') return `_sequence compadd - ${selectableNames().join(' ')}`;
    if (kind === 'key')
      return `(${Object.keys(keys)
        .map((key) => key.replaceAll(':', '\\:'))
        .join(' ')})`;
    return ' ';
  };
  const specification = (option: Option): string => {
    const meaning = zshText(option.summary);
    const action = option.choices === undefined ? value(option.completes) : `(${option.choices.join(' ')})`;
    const argument = option.value === undefined ? '' : `:${option.value}:${action}`;
    const many = option.type === 'list' ? '\\*' : '';
    return option.short === undefined
      ? `'${many.replace('\\', '')}--${option.name}[${meaning}]${argument}'`
      : `{-${option.short},--${option.name}}'[${meaning}]${argument}'`;
  };
  const operand = (command: Command): string[] =>
    command.operands.map(
      ({ name, repeats, completes }) => `'${repeats ? '*' : ''}:${name}:${value(completes)}'`,
    );
  const described = (words: readonly (readonly [string, string])[]) =>
    words.map(([word, meaning]) => `'${word}:${zshText(meaning)}'`).join(' ');
  const firstDescribed = firstWords.map((word) => {
    const command = commands.find(({ name }) => name === word);
    return [word, command?.summary ?? `${verbsOf(word).join(', ')}`] as const;
  });
  return `#compdef lx-agent
${source}

_lx_agent() {
  local -a described
  if ((CURRENT == 2)); then
    described=(${described(firstDescribed)})
    _describe command described
    return
  fi
  local command=$words[2]
  case $command in
${groups
  .map(
    (group) => `    ${group})
      if ((CURRENT == 3)); then
        described=(${described(
          commands
            .filter(({ name }) => name.startsWith(`${group} `))
            .map(({ name, summary }) => [name.slice(group.length + 1), summary] as const),
        )})
        _describe verb described
        return
      fi
      command="${group} $words[3]"
      shift words
      ((CURRENT--)) ;;`,
  )
  .join('\n')}
  esac
  shift words
  ((CURRENT--))
  case $command in
${commands
  .map(
    (command) =>
      `    '${command.name}') _arguments -s ${[...optionsOf(command).map(specification), ...operand(command)].join(' ')} ;;`,
  )
  .join('\n')}
  esac
}

_lx_agent "$@"
`;
}

function zshText(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
}

/** Completion for fish, with the summaries beside the words. */
export function fishCompletion(steps: readonly Step[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const value = (kind: Completion | undefined): string => {
    if (kind === 'directory') return " -a '(__fish_complete_directories)'";
    if (kind === 'file') return ' -F';
    if (kind === 'step') return ` -a ${quote(steps.map(({ name }) => name).join(' '))}`;
    if (kind === 'step or file') return ` -F${value('step')}`;
    if (kind === 'command') return ` -a ${quote(firstWords.join(' '))}`;
    if (kind === 'log') return ` -a ${quote(logNames.join(' '))}`;
    if (kind === 'rule') return ` -a ${quote(`(__fish_append , ${selectableNames().join(' ')})`)}`;
    if (kind === 'key')
      return ` -a ${quote(`${Object.keys(keys).join(' ')} (lx-agent metadata list --deadline 1 2>/dev/null)`)}`;
    return '';
  };
  const condition = (command: Command) => {
    const [word, verb] = command.name.split(' ');
    const seen = `__fish_seen_subcommand_from ${word}`;
    return verb === undefined ? seen : `${seen}; and __fish_seen_subcommand_from ${verb}`;
  };
  const lines = firstWords.map((word) => {
    const summary = commands.find(({ name }) => name === word)?.summary ?? verbsOf(word).join(', ');
    return `complete -c lx-agent -n __fish_use_subcommand -a ${word} -d ${quote(summary)}`;
  });
  for (const { name, short, summary } of programOptions)
    lines.push(
      `complete -c lx-agent -n __fish_use_subcommand -l ${name}${short === undefined ? '' : ` -s ${short}`} -d ${quote(summary)}`,
    );
  for (const command of commands) {
    const [word, verb] = command.name.split(' ');
    if (verb !== undefined)
      lines.push(
        `complete -c lx-agent -n ${quote(`__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${verbsOf(word ?? '').join(' ')}`)} -a ${verb} -d ${quote(command.summary)}`,
      );
    for (const option of optionsOf(command)) {
      const action =
        option.choices === undefined ? value(option.completes) : ` -a ${quote(option.choices.join(' '))}`;
      const argument = option.value === undefined ? '' : ` -r${action}`;
      const short = option.short === undefined ? '' : ` -s ${option.short}`;
      lines.push(
        `complete -c lx-agent -n ${quote(condition(command))} -l ${option.name}${short}${argument} -d ${quote(option.summary)}`,
      );
    }
    const operand = value(command.operands[0]?.completes);
    if (operand !== '') lines.push(`complete -c lx-agent -n ${quote(condition(command))}${operand}`);
  }
  return `# fish completion for lx-agent\n${source}\ncomplete -c lx-agent -f\n${lines.join('\n')}\n`;
}
