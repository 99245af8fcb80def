import { getAsset } from 'node:sea';
import { compileFunction } from 'node:vm';

/** Run a CommonJS file that the binary carries as an asset; what it exports is `module.exports` then. */
export function run(name: string, module: { exports: unknown }): void {
  const compiled = compileFunction(getAsset(`carried/${name}`, 'utf8'), ['module', 'exports', 'require'], {
    filename: name,
  });
  compiled(module, module.exports, require);
}
