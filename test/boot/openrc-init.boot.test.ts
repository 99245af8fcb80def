import { rootNamed } from './roots.ts';
import { bootSuite } from './suite.ts';

bootSuite(rootNamed('openrc-init'));
