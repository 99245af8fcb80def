import type { ScriptSource } from '../metadata/scripts.ts';
import { crypto } from '../system/crypto.ts';
import type { ReadableRoot } from '../system/system.ts';

/** The largest script, in bytes. */
const limit = 16 * 1024 * 1024;

/**
 * The body of a script: from the metadata, from its file if that has the right digest, or fetched. The downloader is
 * loaded only when it is needed. Throws if the script cannot be fetched or does not match the digest.
 */
export async function scriptBody(
  source: ScriptSource,
  path: string,
  root: Pick<ReadableRoot, 'read' | 'readText' | 'list' | 'entry'>,
): Promise<Buffer> {
  if (source.from === 'metadata') return source.body;
  const { url, sha256 } = source;
  if (sha256 !== undefined) {
    const entry = root.entry(path);
    const isCandidate = entry?.kind === 'file' && entry.size <= limit;
    const kept = isCandidate ? root.read(path, limit) : undefined;
    if (kept !== undefined && digest(kept) === sha256.toLowerCase()) return kept;
  }
  const [{ download, withoutSecrets }, { trustStore }] = await Promise.all([
    import('./download.ts'),
    import('./trust-store.ts'),
  ]);
  const body = await download(url, { limit, deadline: 60, trust: () => trustStore(root) });
  if (sha256 !== undefined && digest(body) !== sha256.toLowerCase())
    throw new Error(
      `${withoutSecrets(url)}: its SHA-256 is ${digest(body)}, not ${sha256} as the metadata says; it is not run`,
    );
  return body;
}

function digest(body: Buffer): string {
  return crypto().createHash('sha256').update(body).digest('hex');
}
