/** One thing that the doctor looked at. */
export interface Finding {
  /** `wrong` wants something done about it; `note` is worth knowing. */
  readonly status: 'ok' | 'note' | 'wrong';
  /** What was looked at: one of few words. */
  readonly subject:
    | 'zone'
    | 'metadata'
    | 'keys'
    | 'config'
    | 'files'
    | 'resolvers'
    | 'unit'
    | 'services'
    | 'last boot'
    | 'last run'
    | 'records'
    | 'others'
    | 'network'
    | 'a run';
  readonly text: string;
  /** What to do about it; always there when something is wrong. */
  readonly remedy?: string;
}

export function ok(subject: Finding['subject'], text: string): Finding {
  return { status: 'ok', subject, text };
}

export function note(subject: Finding['subject'], text: string, remedy?: string): Finding {
  return { status: 'note', subject, text, ...(remedy === undefined ? {} : { remedy }) };
}

export function wrong(subject: Finding['subject'], text: string, remedy: string): Finding {
  return { status: 'wrong', subject, text, remedy };
}
