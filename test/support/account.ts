import { userInfo } from 'node:os';

/**
 * Whether the account database holds the user of this process; in a container that is started with a bare number it
 * does not. ssh-keygen refuses to run for such a user: "No user exists for uid 12345".
 */
export function hasAccount(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}
