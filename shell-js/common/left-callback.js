/**
 * Whether an exception left a callback of the Node layer that runs in a promise reaction there: what Node reports as an exception arrives
 * as a rejection. The outermost frame tells: it is the layer's own, and not one of the timers, whose callbacks report by themselves.
 * @param {any} reason
 */
export function leftCallback(reason) {
  if (!(reason instanceof Error)) return false;
  const outermost = String(reason.stack).trimEnd().split('\n').at(-1) ?? '';
  return /\b(?:ext:deno_node|node:)/.test(outermost) && !/timers|^ +at async /.test(outermost);
}
