/**
 * The operations of a page's Node context. They are taken out of the global scope before anything else is evaluated.
 */

const door = globalThis.__shellPage;
delete globalThis.__shellPage;

/**
 * Frames of the document, and to it. `ready` resolves when there is one, with false at the end; `take` gives it, `wait` blocks until there is one.
 * @typedef {[number, number, Uint8Array] | null} Piece
 * @type {{ready(): Promise<boolean>, take(): Piece, wait(): Piece, send(kind: number, id: number, data: Uint8Array): boolean}}
 */
export const { ready, take: takePiece, wait, send } = door;

/** The address of what a module names. @type {(specifier: string, referrer: string) => string} */
export const resolveModule = door.resolve;

/** A module as a function: see `FunctionForm` in function_form.rs; or the names of a CommonJS one. @type {(url: string, text: string) => any} */
export const asFunction = door.module;

/** A script as the page runs it; null if that is as it is. @type {(url: string, text: string) => {code: string, import: string | null} | null} */
export const asScript = door.script;
