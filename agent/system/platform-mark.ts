/** The line that SmartOS's scripts put into the files that they write, and into the scripts that write such files. */
export const smartosMark = '# AUTOMATIC ZONE CONFIG';

/**
 * The platform's own scripts put one of these lines into files that they write at each boot, so such a file does not count
 * as edited by hand. The first is SmartOS's (lx_boot_zone_suse also has it in lower case); the second is written by
 * config_network of OmniOS.
 */
const platformMarks = new RegExp(`^(${smartosMark}|# Auto-generated from zone configuration)\\b`, 'im');

/** Whether the platform's scripts wrote this file. */
export function isPlatformWritten(content: string | Buffer): boolean {
  return platformMarks.test(typeof content === 'string' ? content : content.toString('latin1'));
}
