/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

const masked = '[masked]';

/** What gives a secret away by its form, whoever wrote it. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, masked],
  [/\b((?:authorization|proxy-authorization|x-auth-token)["']?\s*[:=]\s*).+/gi, `$1${masked}`],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${masked}`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${masked}@`],
  [
    /([\w-]*(?:passw(?:or)?d|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key|\bpsk|_pw)\w*["']?\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s,;{[][^\s,;]*)/gi,
    `$1${masked}`,
  ],
  // crypt(5)
  [/\$(?:1|2[abxy]?|5|6|7|y|gy)\$[\w./$,=-]{8,}/g, masked],
];

/** How many lines of secrets are looked for within other lines; beyond that, only as lines of their own. */
const embedded = 2000;
const separators = /([\s"'`=:,;()<>{}[\]|&]+)/;

/**
 * A mask for these secrets: whole values, each line of them, their base64, and the words in them that look made up.
 * What also stands in `known`, which is no secret (addresses, names), is shown. Passwords, keys and tokens that are told
 * by their form are masked as well. The time that it takes grows with the text, not with the secrets.
 */
export function maskFor(secrets: readonly string[], known: string): Mask {
  const values = secrets.map((secret) => secret.trim()).filter((value) => value !== '');
  const isSecret = (piece: string) => !known.includes(piece);
  const lines = new Set(
    values
      .flatMap((value) => value.split('\n').map((line) => line.trim()))
      .filter((line) => line.length >= 8 && isSecret(line)),
  );
  const words = new Set(
    values.flatMap((value) => value.split(separators)).filter((word) => looksMadeUp(word) && isSecret(word)),
  );
  // The longest first: a whole value goes before its parts.
  const within = [...values.flatMap(spellings).filter(isSecret), ...[...lines].slice(0, embedded)].sort(
    (one, other) => other.length - one.length,
  );
  return (text) => {
    let clean = text;
    for (const piece of within) if (clean.includes(piece)) clean = clean.replaceAll(piece, masked);
    if (lines.size > embedded)
      clean = clean
        .split('\n')
        .map((line) => (lines.has(line.trim()) ? masked : line))
        .join('\n');
    if (words.size > 0)
      clean = clean
        .split(separators)
        .map((word) => (words.has(word) ? masked : word))
        .join('');
    for (const [form, replacement] of forms) clean = clean.replace(form, replacement);
    return clean;
  };
}

/** A value as it is, as JSON writes it, and in base64. */
function spellings(value: string): string[] {
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
  ];
}

/** A word that no language has: eight characters or more, of two kinds at least besides punctuation that paths have. */
function looksMadeUp(word: string): boolean {
  if (word.length < 8) return false;
  return [/[a-z]/, /[A-Z]/, /\d/, /[^\w./-]/].filter((kind) => kind.test(word)).length >= 2;
}
