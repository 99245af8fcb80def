// The main script of the binary. It starts the program from its assets, with the code that V8 compiled while the
// build ran it once: SEA's own code cache holds only what is compiled before anything runs, which is next to nothing.
const { getRawAsset } = require('node:sea');
const { Script } = require('node:vm');

const script = new Script(Buffer.from(getRawAsset('program.cjs')).latin1Slice(), {
  filename: 'lx-agent.cjs',
  cachedData: new Uint8Array(getRawAsset('program.cache')),
});
script.runInThisContext()(require, module, exports);
