/**
 * Tells exceptions that left a callback of the Node layer from rejections: some of its callbacks run in promise reactions, where what Node reports as
 * an exception arrives as a rejection.
 */
import process from 'node:process';

const FRAME = /^ +at /;
const RUNTIME = /\bext:core\//;

/** The frames of a stack, the innermost first. @param {any} error */
const framesOf = (error) => String(error.stack).split('\n').filter((line) => FRAME.test(line));

/**
 * Where in its code the runtime runs promise reactions after the callbacks of `process.nextTick`, which it calls from other lines of the same function.
 * It is learnt from a reaction of that kind.
 */
let reactionsAt = '';

/** The frames of the code that calls this. */
function framesHere() {
  // The program has run by then, and what it has to do with stacks is not to hear of this one.
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = undefined;
  try {
    return framesOf(new Error(''));
  } finally {
    Error.prepareStackTrace = prepare;
  }
}

/** Learns it. */
export function learnReactions() {
  process.nextTick(() => Promise.resolve().then(() => {
    reactionsAt = /\((.*)\)/.exec(framesHere().find((line) => RUNTIME.test(line)) ?? '')?.[1] ?? '';
  }));
}

/**
 * Whether an exception left a callback of the Node layer that ran in a promise reaction there. The outermost frame tells, without those of the runtime's
 * loop: it is the layer's own, and not one of the timers, whose callbacks report by themselves.
 * @param {any} reason
 */
export function leftCallback(reason) {
  if (!(reason instanceof Error)) return false;
  const frames = framesOf(reason);
  const outermost = frames.findLastIndex((line) => !RUNTIME.test(line));
  const loop = frames[outermost + 1];
  // The loop calls callbacks as well as reactions; this function of it runs nothing but reactions.
  if (loop !== undefined && !/\bdrainTicks \(/.test(loop) && (reactionsAt === '' || !loop.includes(reactionsAt))) return false;
  const frame = frames[outermost] ?? '';
  return /\b(?:ext:deno_node|node:)/.test(frame) && !/timers|^ +at async /.test(frame);
}
