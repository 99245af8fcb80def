/** The category of all that `image check` says about the agent itself; --only and --skip take it. */
export const agentCategory = 'agent';

/** What `image check` holds the agent in an image to. */
export interface AgentCheck {
  readonly id: string;
  /** What is wanted, as a clause. */
  readonly summary: string;
  readonly reason: string;
  readonly source: string;
}

/** The checks by their names, in the order in which their findings are printed. */
export const agentChecks = {
  'no-agent': {
    id: 'no-agent',
    summary: 'an agent that makes each instance itself',
    reason: 'nobody would set the name, the resolvers and the keys of an instance',
    source: 'docs/platform.md',
  },
  'agent-program': {
    id: 'agent-program',
    summary: 'the program and its command, as they were installed',
    reason: 'no boot works without them, and the platform leaves its work to an agent that is named',
    source: 'docs/platform.md',
  },
  'agent-runtime': {
    id: 'agent-runtime',
    summary: 'a C library that can start the program',
    reason: 'the loader refuses the program without it, at each boot',
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
    summary: 'a manifest that says no more than is true',
    reason: 'the platform leaves out what it says is done',
    source: 'docs/platform.md',
  },
} as const satisfies Readonly<Record<string, AgentCheck>>;

/** Something that is wrong with the agent in an image. */
export interface AgentFinding {
  readonly check: keyof typeof agentChecks;
  /** What is wrong where, a clause each. */
  readonly what: readonly string[];
  /** The command that mends it. */
  readonly mend?: 'install' | 'prepare';
  /** What a person has to do, or can do instead. */
  readonly byHand?: string;
}
