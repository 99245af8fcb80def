import { backupFolder } from '../../change/backups.ts';
import type { Root } from '../../system/root.ts';
import { stateFolder } from '../../system/state.ts';
import { readManifest, writeManifest } from '../manifest.ts';
import { readRecord } from '../record.ts';
import { dropPreparation, type PreparationRecord, type PreparedEntry } from './record.ts';
import { giveToInstallation, isAgents } from './share.ts';
import { type TakenBack, takeBack, type UndoOptions } from './take-back.ts';

/** What came, or would come, of `image unprepare`. */
export interface Unprepared extends TakenBack {
  /** Paths that stay because the agent in the image needs them. */
  readonly agents: readonly string[];
}

/** Take a preparation back. What the installed agent needs as well stays, and goes with the agent. */
export async function unprepare(
  root: Root,
  record: PreparationRecord,
  options: UndoOptions,
): Promise<Unprepared> {
  const { dryRun } = options;
  const installation = readRecord(root);
  const staying = installation === undefined ? [] : record.entries.filter(isAgents);
  const agentsPaths = [`${stateFolder}/image.json`, ...(installation?.entries ?? []).map(({ path }) => path)];
  const holdsAgents = ({ path }: PreparedEntry) =>
    installation !== undefined && agentsPaths.some((one) => one.startsWith(`${path}/`));
  const leaving = record.entries.filter((entry) => !staying.includes(entry));
  const own = leaving.filter(isOwnFolder);
  const taken = await takeBack(
    root,
    leaving.filter((entry) => !own.includes(entry)),
    options,
  );
  if (!dryRun) {
    writeManifest(root, { ...readManifest(root), prepared: undefined, done: [] });
    dropPreparation(root);
  }
  const folders = dryRun ? noFolders : await takeBack(root, own, { force: false, dryRun });
  const left = [...taken.left, ...folders.left];
  if (!dryRun) giveToInstallation(root, [...staying, ...left.map(({ entry }) => entry).filter(isFolder)]);
  return {
    back: taken.back,
    parted: taken.parted,
    forced: taken.forced,
    left: left.filter(({ entry }) => !(isFolder(entry) && (holdsAgents(entry) || holdsBackups(entry, root)))),
    agents: staying.map(({ path }) => path),
  };
}

const noFolders: TakenBack = { back: [], parted: [], forced: [], left: [] };

/** Backups stay, whoever made them; they are no reason to report their folder. */
function holdsBackups({ path }: PreparedEntry, root: Root): boolean {
  return backupFolder.startsWith(`${path}/`) && root.list(backupFolder).length > 0;
}

/** The folders of the record and of the manifest: they go when these have gone. */
function isOwnFolder({ rule }: PreparedEntry): boolean {
  return rule === 'record';
}

function isFolder({ before, after }: PreparedEntry): boolean {
  return before.kind === 'nothing' && after.kind === 'directory';
}
