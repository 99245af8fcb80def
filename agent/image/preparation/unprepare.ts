import { backupFolder } from '../../change/backups.ts';
import type { Root } from '../../system/root.ts';
import { stateFolder } from '../../system/state.ts';
import { readManifest, writeManifest } from '../manifest.ts';
import { readRecord } from '../record.ts';
import { dropPreparation, type PreparationRecord, type PreparedEntry } from './record.ts';
import { giveToInstallation, isAgents } from './share.ts';
import { type TakenBack, takeBack, type UndoOptions } from './take-back.ts';

/** The result of `image unprepare`, or of its dry run. */
export interface Unprepared extends TakenBack {
  /** Paths that stay because the agent in the image needs them. */
  readonly agents: readonly string[];
}

/** Undo a preparation. What the installed agent needs too stays until the agent is uninstalled. */
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

/** Backups always stay. Do not report their folder because of them. */
function holdsBackups({ path }: PreparedEntry, root: Root): boolean {
  return backupFolder.startsWith(`${path}/`) && root.list(backupFolder).length > 0;
}

/** The folders of the record and of the manifest. They are removed after those files. */
function isOwnFolder({ rule }: PreparedEntry): boolean {
  return rule === 'record';
}

function isFolder({ before, after }: PreparedEntry): boolean {
  return before.kind === 'nothing' && after.kind === 'directory';
}
