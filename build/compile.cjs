// compile.cjs PROGRAM CACHE ARGUMENTS…: run a program with the arguments, and keep what V8 compiled for it in CACHE.
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');

const [program, cache] = process.argv.splice(2, 2);
const script = new Script(readFileSync(program, 'latin1'), { filename: 'lx-agent.cjs' });
process.once('exit', () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()(require, module, exports);
