// How frames of the lane are handed on.

/**
 * Calls `take` by way of an event that nobody else can see: when its listener returns, the engine settles promises at once. After a call from
 * native code it would do so only in its next turn.
 *
 * @param {(kind: number, id: number, bytes: Uint8Array) => void} take
 * @returns {(kind: number, id: number, bytes: Uint8Array) => void}
 */
export function createReceiver(take) {
  const turn = new EventTarget();
  const news = new Event('frame');
  let frame = null;
  turn.addEventListener('frame', () => {
    const { kind, id, bytes } = frame;
    frame = null;
    try {
      take(kind, id, bytes);
    } catch (error) {
      console.error(`Uncaught ${error instanceof Error ? `${error}\n${error.stack}` : String(error)}`);
    }
  });
  return (kind, id, bytes) => {
    frame = { kind, id, bytes };
    turn.dispatchEvent(news);
  };
}
