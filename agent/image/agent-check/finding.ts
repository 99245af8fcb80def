/** The category of all findings of `image check` about the agent itself. --only and --skip accept it. */
export const agentCategory = 'agent';

/** One thing that `image check` checks about the agent in an image. */
export interface AgentCheck {
  readonly id: string;
  /** The required state, as a phrase. */
  readonly summary: string;
  readonly reason: string;
  readonly source: string;
}

/** The checks by their names, in the order in which their findings are printed. */
export const agentChecks = {
  'no-agent': {
    id: 'no-agent',
    summary: 'an agent that sets up each instance',
    reason: 'without it, nothing sets the name, the resolvers and the keys of an instance',
    source: 'docs/platform.md',
  },
  'agent-program': {
    id: 'agent-program',
    summary: 'the program and its command, as they were installed',
    reason:
      'no stage runs without them, and the platform leaves its work to the agent that the manifest names',
    source: 'docs/platform.md',
  },
  'agent-runtime': {
    id: 'agent-runtime',
    summary: 'a C library that can start the program',
    reason: 'without it, the loader refuses to start the program at each boot',
    source: 'ld.so(8)',
  },
  'agent-units': {
    id: 'agent-units',
    summary: 'both stages started by the init system that is in the image now',
    reason: 'an agent that init does not start does nothing',
    source: 'docs/boot.md',
  },
  'agent-manifest': {
    id: 'agent-manifest',
    summary: 'a manifest that claims only what is done',
    reason: 'the platform skips what the manifest says is done',
    source: 'docs/platform.md',
  },
} as const satisfies Readonly<Record<string, AgentCheck>>;

/** Something that is wrong with the agent in an image. */
export interface AgentFinding {
  readonly check: keyof typeof agentChecks;
  /** What is wrong and where, one clause each. */
  readonly what: readonly string[];
  /** The command that fixes it. */
  readonly mend?: 'install' | 'prepare';
  /** What a person has to do, or can do instead. */
  readonly byHand?: string;
}
