/** A command as it can be typed after `lx-agent`. */
export interface Command {
  /** One or two words, `run` or `image check`. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Paragraphs for the help and the manual page, which wrap them. */
  readonly description: readonly string[];
  readonly operands: readonly Operand[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  readonly exits: readonly Exit[];
}

export interface Operand {
  /** The placeholder, in capitals. */
  readonly name: string;
  readonly summary: string;
  readonly required: boolean;
  /** May be given more than once. Only the last operand of a command can repeat. */
  readonly repeats?: boolean;
  readonly completes?: Completion;
}

export interface Option {
  /** The long name, without its dashes. */
  readonly name: string;
  readonly short?: string;
  /** The placeholder of its value, in capitals. An option without one is a flag. */
  readonly value?: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** `seconds`: a positive number. `count`: a whole number. `list`: comma-separated; the option may be repeated. */
  readonly type?: 'seconds' | 'count' | 'list';
  readonly completes?: Completion;
  readonly default?: string;
  readonly required?: boolean;
  readonly summary: string;
}

/** What a shell offers for a value. */
export type Completion = 'directory' | 'file' | 'step' | 'step or file' | 'command' | 'key' | 'log' | 'rule';

export interface Example {
  readonly command: string;
  readonly meaning: string;
}

export interface Exit {
  readonly status: number;
  readonly meaning: string;
}
