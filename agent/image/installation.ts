import { apply } from '../change/apply.ts';
import type { Change } from '../change/change.ts';
import { linkFingerprint } from '../change/ownership.ts';
import { type Settled, settle } from '../change/settle.ts';
import { detectInit, type InitSystem, initName } from '../system/init.ts';
import type { Root } from '../system/root.ts';
import { emptyState, stateFolder } from '../system/state.ts';
import type { ReadableRoot } from '../system/system.ts';
import { renumbered } from './insserv.ts';
import { type Manifest, nameAgent, readManifest, writeManifest } from './manifest.ts';
import { withoutOwnLines } from './own-lines.ts';
import { preparationNames } from './preparation/record.ts';
import { giveFoldersToPreparation } from './preparation/share.ts';
import {
  dropRecord,
  dropUnneeded,
  type Entry,
  type InstallRecord,
  readRecord,
  recordPath,
  writeRecord,
} from './record.ts';
import { commandPath, programPath } from './running-program.ts';
import { assertUndoable, entriesFor, isAsLeft, keepWhatWas, undo } from './undo.ts';

/**
 * Compare an installation with an image. The agent may change what it wrote there before. A service that was disabled
 * by hand since then stays disabled.
 */
export function settleInstallation(
  root: ReadableRoot,
  changes: readonly Change[],
  force: boolean,
): readonly Settled[] {
  const earlier = readRecord(root);
  const files = fingerprints(earlier, ({ after }) => after);
  const pending = fingerprints(earlier, ({ former }) => former);
  const settled = settle(changes, root, { ...emptyState, files, pending }, force);
  // The manifest is written last. If it does not name the recorded version, the earlier installation was interrupted,
  // and a missing link may never have been made.
  const manifest = readManifest(root);
  const wasComplete =
    earlier !== undefined && manifest.agent === earlier.agent && !isForAnotherInit(manifest, root);
  if (force || !wasComplete) return settled;
  return settled.map((one) => (isDisabled(one, files, root) ? keptDisabled(one.change) : one));
}

/** The fingerprints of the recorded files and links, by path. */
function fingerprints(
  record: InstallRecord | undefined,
  made: (entry: Entry) => Entry['after'] | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (record?.entries ?? []).flatMap((entry) => {
      const what = made(entry);
      if (what?.kind === 'link') return [[entry.path, linkFingerprint(what.target)]];
      return what?.kind === 'file' ? [[entry.path, what.hash]] : [];
    }),
  );
}

/** Whether the units were installed for another init system than the image has now. */
function isForAnotherInit({ init }: Manifest, root: ReadableRoot): boolean {
  return init !== undefined && init !== initName(root, detectInit(root));
}

/** Whether a link of an earlier installation that enables a service has been removed. */
function isDisabled(
  { result, change }: Settled,
  files: Readonly<Record<string, string>>,
  root: ReadableRoot,
): boolean {
  if (result !== 'wanted' || change.kind !== 'link' || change.enables !== true) return false;
  return files[change.path]?.startsWith('link ') === true && root.entry(change.path) === undefined;
}

function keptDisabled(change: Change): Settled {
  return { result: 'kept', change, reason: 'disabled by hand; --force enables it' };
}

/** What is recorded of an installation besides its Changes. */
export interface Installed {
  readonly version: string;
  readonly init: InitSystem;
  /** The folder of a program that stays outside the image. */
  readonly place?: string;
}

/**
 * Carry out an installation, all of it or nothing. First record what was there before. If a Change fails, undo those
 * before it and throw its error. Returns the paths of an older version that were edited by hand and kept.
 */
export async function install(
  root: Root,
  settled: readonly Settled[],
  { version, init, place }: Installed,
): Promise<readonly string[]> {
  const failed = settled.find((one) => one.result === 'failed');
  if (failed?.result === 'failed') throw failed.error;
  const earlier = readRecord(root);
  const wanted = settled.filter((one) => one.result === 'wanted');
  const paths = new Set(settled.flatMap(({ change }) => ('path' in change ? [change.path] : [])));
  const obsolete = (earlier?.entries ?? []).filter((entry) => isObsolete(entry, paths, root));
  const added = newEntries(root, wanted, earlier);
  const entries = merge(root, earlier?.entries ?? [], added);
  if (
    wanted.length === 0 &&
    obsolete.length === 0 &&
    earlier?.agent === version &&
    (earlier.init ?? init) === init &&
    earlier.entries.every(({ former }) => former === undefined)
  ) {
    // An interrupted installation may have made everything except this.
    nameAgent(root, version, init, place);
    return [];
  }
  try {
    keepWhatWas(
      root,
      added,
      wanted.map(({ change }) => change),
    );
    writeRecord(root, { version: 1, agent: version, init, entries });
    for (const one of wanted) await apply(one, root);
  } catch (error) {
    await takeBack(root, added, earlier);
    throw error;
  }
  const left = await undo(root, obsolete, false);
  const gone = new Set(
    obsolete.flatMap(({ path, after }) =>
      after.kind === 'directory' && root.entry(path) !== undefined ? [] : [path],
    ),
  );
  const kept = entries
    .filter(({ path }) => !gone.has(path))
    .map(({ former: _, ...entry }) => withoutProgram(entry, root));
  const record: InstallRecord = { version: 1, agent: version, init, entries: kept };
  writeRecord(root, record);
  dropUnneeded(root, record);
  nameAgent(root, version, init, place);
  return left;
}

/**
 * Whether an earlier installation made something that this one does not: it was of another version, or for another init
 * system. A folder is obsolete once this installation needs nothing in it.
 */
function isObsolete({ path, before, after }: Entry, paths: ReadonlySet<string>, root: ReadableRoot): boolean {
  switch (after.kind) {
    case 'nothing':
      return false;
    case 'directory':
      return (
        before.kind === 'nothing' &&
        !isStateFolder(path) &&
        ![...paths].some((wanted) => `${wanted}/`.startsWith(`${path}/`))
      );
    case 'link':
      // A link that was to replace one with another number, but was not made, is still needed.
      return !paths.has(path) && !paths.has(renumbered(path, after.target, root));
    default:
      return !paths.has(path);
  }
}

/**
 * A Dockerfile copies the program to the path of its command, and the installation moves it from there. Do not keep
 * that copy: the image would hold the program twice. An uninstall then removes it.
 */
function withoutProgram(entry: Entry, root: ReadableRoot): Entry {
  if (entry.path !== commandPath || entry.before.kind !== 'file') return entry;
  return entry.before.hash === root.digest(programPath) ? { ...entry, before: { kind: 'nothing' } } : entry;
}

/**
 * Undo a failed installation. An error here would hide the one that matters, so it is only a warning. What could not be
 * undone stays recorded.
 */
async function takeBack(
  root: Root,
  added: readonly Entry[],
  earlier: InstallRecord | undefined,
): Promise<void> {
  const stateEntries = added.filter(({ path }) => isStateFolder(path));
  try {
    await undo(
      root,
      added.filter(({ path }) => !isStateFolder(path)),
      true,
    );
    if (earlier !== undefined) {
      writeRecord(root, earlier);
      dropUnneeded(root, earlier);
    } else {
      dropRecord(root);
      await undo(root, stateEntries, true);
    }
  } catch (error) {
    process.emitWarning(
      `${recordPath}: the failed installation could not be undone completely (${error instanceof Error ? error.message : error}); run lx-agent image uninstall`,
    );
  }
}

/** The entries to record for Changes that are about to be made. The folders of the record itself come first. */
function newEntries(
  root: ReadableRoot,
  wanted: readonly Settled[],
  earlier: InstallRecord | undefined,
): readonly Entry[] {
  const known = new Set<string>();
  const entries: Entry[] = [];
  const state: Change = { kind: 'directory', path: stateFolder, mode: 0o755, why: 'the record' };
  const changes = [...(earlier === undefined ? [state] : []), ...wanted.map(({ change }) => change)];
  for (const change of changes) {
    assertUndoable(change);
    for (const entry of entriesFor(change, root)) {
      if (known.has(entry.path)) continue;
      known.add(entry.path);
      entries.push(entry);
    }
  }
  return entries.filter(({ before, after }) => before.kind !== 'directory' || after.kind !== 'directory');
}

/**
 * The record keeps the state of each path before the first installation, and its state after the latest one. If others
 * changed a shared file since then, an uninstall goes back to their version.
 */
function merge(root: ReadableRoot, earlier: readonly Entry[], added: readonly Entry[]): Entry[] {
  const latest = new Map(added.map((entry) => [entry.path, entry]));
  const known = new Set(earlier.map(({ path }) => path));
  return [
    ...earlier.map((entry) => {
      const now = latest.get(entry.path);
      if (now === undefined) return entry;
      const isOthers = withoutOwnLines(entry.path, '') !== undefined && !isAsLeft(entry, root);
      // Until it is replaced, the path still has what the last installation that got this far made of it.
      const former = isAsLeft(entry, root) ? entry.after : (entry.former ?? entry.after);
      return { ...entry, before: isOthers ? now.before : entry.before, after: now.after, former };
    }),
    ...added.filter(({ path }) => !known.has(path)),
  ];
}

/**
 * Restore an image to its state before the installation. Returns the paths that were edited by hand and kept. Backups
 * of edited files that the agent replaced stay.
 */
export async function uninstall(
  root: Root,
  record: InstallRecord,
  force: boolean,
): Promise<readonly string[]> {
  writeManifest(root, {
    ...readManifest(root),
    agent: undefined,
    place: undefined,
    digest: undefined,
    init: undefined,
  });
  const left = await undo(
    root,
    record.entries.filter(({ path }) => !isStateFolder(path)),
    force,
  );
  dropRecord(root);
  for (const name of root.list(stateFolder))
    if (name !== 'backup' && !preparationNames.includes(name)) root.remove(`${stateFolder}/${name}`, true);
  await undo(
    root,
    record.entries.filter(({ path }) => isStateFolder(path)),
    true,
  );
  giveFoldersToPreparation(root, record.entries);
  return left;
}

function isStateFolder(path: string): boolean {
  return `${stateFolder}/`.startsWith(`${path}/`);
}
