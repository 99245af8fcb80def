import { untouchedSuite } from './carried-suite.ts';
import { platformFolder } from './platform-folder.ts';
import { rootNamed, rootsOfEachRelease } from './roots.ts';

// What carried.boot.test.ts has of Debian 12, of the releases before and after it.

const platform = platformFolder();

for (const release of ['bullseye', 'trixie'])
  for (const name of rootsOfEachRelease) untouchedSuite(rootNamed(`${name} on ${release}`), platform);
