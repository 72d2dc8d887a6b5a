/**
 * The operations of a page's Node context. They are taken out of the global scope before anything else is evaluated.
 */

/** @type {{next(): Promise<[number, number, Uint8Array] | null>, wait(): [number, number, Uint8Array] | null, send(kind: number, id: number, data: Uint8Array): boolean}} */
export const { next, wait, send } = globalThis.__shellPage;
delete globalThis.__shellPage;
