/** The section of a version in CHANGELOG.md, without its heading; undefined when there is none or it is empty. */
export function changesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  const body = section?.slice(section.indexOf('\n') + 1).trim();
  return body === '' ? undefined : body;
}
