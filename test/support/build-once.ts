import { buildIfStale } from './built.ts';

/** Vitest calls this once, before any test. */
export default buildIfStale;
