import type { Input } from './input.ts';

/** One thing that reads what others wrote, and what must hold whatever they wrote. */
export interface Target {
  readonly seeds: readonly Input[];
  /** Words of its grammar, and of nobody's. */
  readonly tokens: readonly string[];
  /** Gets ready what all inputs share; `folder` is scratch space. */
  open(folder: string): Promise<Opened> | Opened;
}

export interface Opened {
  /** Throws when something does not hold. */
  hold(input: Input): Promise<void> | void;
  close(): Promise<void> | void;
}

/** All targets, each loaded when it is its turn. */
export const targets: Readonly<Record<string, () => Promise<Target>>> = {
  conversation: async () => (await import('./targets/conversation.ts')).conversationTarget,
  client: async () => (await import('./targets/client.ts')).clientTarget,
  metadata: async () => (await import('./targets/metadata.ts')).metadataTarget,
  network: async () => (await import('./targets/network.ts')).networkTarget,
  configuration: async () => (await import('./targets/configuration.ts')).configurationTarget,
  root: async () => (await import('./targets/root.ts')).rootTarget,
};
