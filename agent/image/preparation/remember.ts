import type { Change } from '../../change/change.ts';
import { fingerprint } from '../../change/ownership.ts';
import type { Settled } from '../../change/settle.ts';
import type { Root } from '../../system/root.ts';
import { manifestPath, readManifest } from '../manifest.ts';
import { isSame, missingFolders, type PathState, stateOf } from '../path-state.ts';
import type { Rule } from '../rule.ts';
import { kept, type PreparedEntry, preparationPath, readPreparation, writePreparation } from './record.ts';

/** What a rule is about to change. */
interface Planned {
  readonly rule: Rule;
  readonly settled: readonly Settled[];
}

type Wanted = Settled & { result: 'wanted' };

/** The folders of the record and of the manifest belong to no rule. Their entries have this name instead. */
const ownRule = 'record';

/**
 * Record what is there before anything is changed, with the content of files. What `clean` removes is not kept, because
 * an image must not hold it.
 */
export function remember(root: Root, plans: readonly Planned[], agent: string): void {
  const wanted = plans.flatMap(({ rule, settled }) =>
    settled.flatMap((one) => (one.result === 'wanted' ? [{ rule, one }] : [])),
  );
  const earlier = readPreparation(root);
  if (wanted.length === 0 && earlier !== undefined) return;
  const unrecorded = earlier === undefined ? readManifest(root).prepared : earlier.unrecorded;
  if (wanted.length === 0 && unrecorded !== undefined) return;
  const own = [preparationPath, manifestPath].flatMap((path) => foldersFor(path, ownRule, root));
  const made = wanted
    .filter(({ rule }) => rule.category !== 'clean')
    .flatMap(({ rule, one }) => entriesFor(one, rule.id, root));
  const entries = merge(earlier?.entries ?? [], firstOfEach([...own, ...made]));
  const cleaned = { ...earlier?.cleaned };
  for (const { rule } of wanted.filter(({ rule }) => rule.category === 'clean'))
    cleaned[rule.id] = (cleaned[rule.id] ?? 0) + 1;
  // Keep the content first: a record must not name content that was not kept.
  for (const { path, before } of made) if (before.kind === 'file') kept.keep(root, before.hash, { path });
  for (const { one } of wanted) keepNew(root, one, made);
  writePreparation(root, {
    version: 1,
    agent,
    ...(unrecorded !== undefined && { unrecorded }),
    entries,
    cleaned,
  });
}

/** Keep the new content of an edited file as well as the old one: later edits can then be told from the agent's. */
function keepNew(root: Root, { change }: Wanted, made: readonly PreparedEntry[]): void {
  if (change.kind !== 'file') return;
  const entry = made.find(({ path }) => path === change.path);
  if (entry?.before.kind === 'file' && entry.after.kind === 'file')
    kept.keep(root, entry.after.hash, Buffer.from(change.content));
}

function entriesFor({ change }: Wanted, rule: string, root: Root): readonly PreparedEntry[] {
  switch (change.kind) {
    case 'file':
    case 'link':
    case 'directory':
      return [...foldersFor(change.path, rule, root), ...entry(change.path, rule, root, stateAfter(change))];
    case 'absent':
      return removed(change.path, rule, root);
    case 'rename': {
      const moved = stateOf(change.from, root);
      if (moved === undefined) return [];
      return [...entry(change.from, rule, root, { kind: 'nothing' }), ...entry(change.to, rule, root, moved)];
    }
    default:
      return [];
  }
}

function entry(path: string, rule: string, root: Root, after: PathState): readonly PreparedEntry[] {
  const before = stateOf(path, root);
  return before === undefined ? [] : [{ rule, path, before, after }];
}

/** The entries in a folder come before the folder. An undo runs in reverse, so it restores the folder first. */
function removed(path: string, rule: string, root: Root): readonly PreparedEntry[] {
  const inside =
    root.entry(path)?.kind === 'directory'
      ? root.list(path).flatMap((name) => removed(`${path}/${name}`, rule, root))
      : [];
  return [...inside, ...entry(path, rule, root, { kind: 'nothing' })];
}

/** Entries for the missing parent folders of a path. */
function foldersFor(path: string, rule: string, root: Root): readonly PreparedEntry[] {
  return missingFolders(path, root).map((folder) => ({
    rule,
    path: folder,
    before: { kind: 'nothing' },
    after: { kind: 'directory', mode: 0o755 },
  }));
}

function stateAfter(change: Extract<Change, { kind: 'file' | 'link' | 'directory' }>): PathState {
  switch (change.kind) {
    case 'file':
      return {
        kind: 'file',
        hash: fingerprint(change.content),
        mode: change.mode,
        uid: change.owner?.uid ?? 0,
        gid: change.owner?.gid ?? 0,
      };
    case 'link':
      return { kind: 'link', target: change.target };
    case 'directory':
      return { kind: 'directory', mode: change.mode };
  }
}

/** If several rules change one path: the state before the first and the state after the last. */
function firstOfEach(entries: readonly PreparedEntry[]): readonly PreparedEntry[] {
  const found = new Map<string, PreparedEntry>();
  for (const one of entries) {
    const first = found.get(one.path);
    found.set(one.path, first === undefined ? one : { ...first, after: one.after });
  }
  return [...found.values()];
}

/** Keep the state before the first preparation. If a path was edited by hand since then, keep the edited version. */
function merge(earlier: readonly PreparedEntry[], added: readonly PreparedEntry[]): PreparedEntry[] {
  const latest = new Map(added.map((one) => [one.path, one]));
  const known = new Set(earlier.map(({ path }) => path));
  return [
    ...earlier.map((one) => {
      const now = latest.get(one.path);
      if (now === undefined) return one;
      return { ...now, before: isSame(now.before, one.after) ? one.before : now.before };
    }),
    ...added.filter(({ path }) => !known.has(path)),
  ];
}
