/** What a pass rests on is not there in this Node.js. The message is the reason; the build goes on without the pass. */
export class DoesNotApply extends Error {}
