/** The bundler defines it from package.json and the commit: `0.1.0 (4c7b3c7)`. */
declare const LX_AGENT_VERSION: string;

/** The version of this program and the commit that it was built from. */
export const version = typeof LX_AGENT_VERSION === 'string' ? LX_AGENT_VERSION : '0.0.0 (not built)';
