/** A script from the metadata, or from a URL. A fetched script is checked against the digest, if there is one. */
export type ScriptSource =
  | { readonly from: 'metadata'; readonly body: Buffer }
  | { readonly from: 'url'; readonly url: string; readonly sha256: string | undefined };

interface ScriptValues {
  readonly body: Buffer | undefined;
  readonly url: string | undefined;
  readonly sha256: string | undefined;
}

/**
 * A script by value, else by URL. A script whose URL or digest is not valid is not run: without a valid digest, the
 * download cannot be checked. A URL may contain a password, so no reason quotes it.
 */
export function decodeScript(
  { body, url, sha256 }: ScriptValues,
  report: (part: 'url' | 'sha256', reason: string) => void,
): ScriptSource | undefined {
  if (body !== undefined && body.length > 0) return { from: 'metadata', body };
  if (url === undefined || url === '') return undefined;
  const digest = sha256 === undefined || sha256 === '' ? undefined : sha256.toLowerCase();
  const usable = isWebUrl(url);
  if (!usable) report('url', 'not an http or https URL');
  if (digest === undefined || /^[0-9a-f]{64}$/.test(digest))
    return usable ? { from: 'url', url, sha256: digest } : undefined;
  report('sha256', 'not 64 hexadecimal digits; the script is not fetched');
  return undefined;
}

function isWebUrl(text: string): boolean {
  if (text.length > 4096 || /[\u0000-\u0020\u007f-\u00a0\u200b\u2028\u2029\ufeff]/.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '';
}
