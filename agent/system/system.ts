import type { Configuration } from './configuration.ts';
import type { Distribution } from './distribution.ts';
import type { InitSystem } from './init.ts';
import type { Root } from './root.ts';
import type { State } from './state.ts';

/** Where we stand: all that a step may look at, and nothing that it could alter. */
export interface System {
  readonly root: ReadableRoot;
  readonly distribution: Distribution;
  readonly init: InitSystem;
  readonly configuration: Configuration;
  /** What the agent recorded when it last ran on this root. */
  readonly state: State;
  /** An identity of this boot; undefined where the machine gives none. */
  readonly boot: string | undefined;
  /** The platform runs the agent, and init has not started: no service has read any file yet. */
  readonly beforeInit?: boolean;
  /** Files that were edited by hand are taken over. */
  readonly forced?: boolean;
  /** Steps that the operator named: their scripts run again even if they ran in this boot. */
  readonly named: ReadonlySet<string>;
}

/** The reading half of a root. */
export type ReadableRoot = Pick<
  Root,
  | 'path'
  | 'live'
  | 'read'
  | 'readText'
  | 'entry'
  | 'list'
  | 'linkTarget'
  | 'isExecutable'
  | 'isCopyOf'
  | 'digest'
>;
