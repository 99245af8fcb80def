import { DoesNotApply } from './does-not-apply.ts';

/**
 * The items of ICU's data that stay in the program, and why. All others are calendars, collations, converters,
 * dictionaries and names in some 800 locales. `npm run trace:unicode` shows which items a command opens; beside those,
 * this list has what the JavaScript API of a kept locale may ask for.
 */
const kept: readonly { readonly items: RegExp; readonly why: string }[] = [
  { items: /^(zoneinfo64|timezoneTypes|windowsZones|keyTypeData)\.res$/, why: 'the local time, with any TZ' },
  {
    items: /^(supplementalData|icustd|icuver|likelySubtags|langInfo)\.res$/,
    why: 'any start: the default locale',
  },
  {
    items: /^(root|en|en_US|en_US_POSIX|pool|res_index)\.res$/,
    why: 'numbers and dates as text; every other LANG falls back to these',
  },
  {
    items: /^zone\/(root|en|en_US|en_US_POSIX|pool|res_index|tzdbNames)\.res$/,
    why: 'the name of a time zone in the text of a Date',
  },
  { items: /^(metaZones|tzdbNames)\.res$/, why: 'the same' },
  { items: /^coll\/(root|en|en_US|pool|res_index)\.res$|^coll\/ucadata\.icu$/, why: 'sorting by locale' },
  {
    items: /^(numberingSystems|plurals|pluralRanges|dayPeriods|currencyNumericCodes|genderList)\.res$/,
    why: 'numbers, plurals and dates as text',
  },
  { items: /^(nfkc|nfkc_cf|nfkc_scf|uts46)\.nrm$/, why: 'normalization and names of hosts (IDNA)' },
  { items: /^(uemoji|ulayout)\.icu$/, why: 'classes of characters in regular expressions' },
  { items: /^cnvalias\.icu$/, why: 'names of encodings; UTF-8, UTF-16 and Latin-1 need no table' },
];

/** Whether an item is needed, by its name without the package: `zone/en.res`. */
export function isKept(item: string): boolean {
  return kept.some(({ items }) => items.test(item));
}

/**
 * Overwrite ICU's other data in a program with zeros, in place. ICU takes such an item for a damaged one and falls back
 * to the root locale. Gives the number of bytes. Throws DoesNotApply if the data is not as ICU writes it.
 *
 * The format is ICU's common data file (udatamem.h, ucmndata.h): a header that begins with its own length and has the
 * format `CmnD`; then a count, and for each item the offsets of its name and of its data, sorted by name. The data of an
 * item ends where the next one begins; the last one is left alone.
 */
export function dropUnicodeData(program: Buffer): number {
  const { items, end } = readTable(program);
  let dropped = 0;
  for (const [index, { name, start }] of items.entries()) {
    const next = items[index + 1]?.start ?? end;
    if (next <= start || isKept(name)) continue;
    program.fill(0, start, next);
    dropped += next - start;
  }
  return dropped;
}

/** An item of ICU's data: its name without the package, and where its data begins in the program. */
export interface UnicodeItem {
  readonly name: string;
  readonly start: number;
}

/** The table of ICU's data in a program, in the order of the data. Throws DoesNotApply if there is none, or more than one. */
export function readTable(program: Buffer): { readonly items: readonly UnicodeItem[]; readonly end: number } {
  const [header, another] = headers(program);
  if (header === undefined || another !== undefined)
    throw new DoesNotApply("the program must hold ICU's data once, in the format CmnD");
  const table = header + program.readUInt16LE(header);
  const count = program.readUInt32LE(table);
  if (count < 100 || count > 100_000) throw new DoesNotApply(`ICU's data has ${count} items`);
  const items = Array.from({ length: count }, (_, index) => {
    const entry = table + 4 + 8 * index;
    const name = table + program.readUInt32LE(entry);
    const text = program.toString('latin1', name, program.indexOf(0, name));
    if (!/^icudt\d+l\/[\w/.-]+$/.test(text)) throw new DoesNotApply(`ICU's data has an item named ${text}`);
    return { name: text.slice(text.indexOf('/') + 1), start: table + program.readUInt32LE(entry + 4) };
  }).toSorted((one, other) => one.start - other.start);
  const end = items.at(-1)?.start ?? 0;
  return { items, end };
}

/** Where something begins that looks like ICU's data. Names of functions have `CmnD` in them too, without the rest. */
function headers(program: Buffer): readonly number[] {
  const found: number[] = [];
  for (let at = program.indexOf('CmnD'); at !== -1; at = program.indexOf('CmnD', at + 1)) {
    // sizeof(MappedData) and the first eight bytes of UDataInfo stand before the format.
    const header = at - 12;
    if (header >= 0 && program.readUInt16LE(header + 2) === 0x27da) found.push(header);
  }
  return found;
}
