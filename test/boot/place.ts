import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Faults, type MetadataServer, startMetadataServer } from '../support/metadata-server.ts';
import { type Disk, newDisk } from './guest.ts';
import { runFolder } from './installed.ts';
import { instance } from './instance.ts';

/** A disk for boots, and a folder for the metadata server's socket. */
export interface BootPlace {
  readonly disk: Disk;
  /** The folder, once something is served there. */
  socketFolder(): string | undefined;
  /** Serve metadata, those of `instance` where none are given. */
  serve(faults?: Faults, metadata?: Readonly<Record<string, unknown>>): Promise<MetadataServer>;
  /** Put a file on the disk, as an image builder would have. */
  plant(path: string, content: string): void;
  /** Put a link on the disk, with the folders that it needs. */
  link(path: string, target: string): void;
  remove(): void;
}

export function bootPlace(): BootPlace {
  const disk = newDisk();
  let folder: string | undefined;
  return {
    disk,
    socketFolder: () => folder,
    serve(faults = {}, metadata = instance) {
      folder = mkdtempSync(join(runFolder, 'boots', 's-'));
      return startMetadataServer({ socketPath: join(folder, 'metadata.sock'), metadata, faults });
    },
    plant(path, content) {
      mkdirSync(dirname(disk.path(path)), { recursive: true });
      writeFileSync(disk.path(path), content);
    },
    link(path, target) {
      mkdirSync(dirname(disk.path(path)), { recursive: true });
      symlinkSync(target, disk.path(path));
    },
    remove() {
      disk.remove();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
