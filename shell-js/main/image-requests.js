/** What preloads ask about images: the functions of `nativeImage` that need the native side. */
import { NativeImage, nativeImage } from './api/native-image.js';

const FUNCTIONS = new Set(['createFromBitmap', 'createFromBuffer', 'createFromDataURL']);
const METHODS = new Set(['toPNG', 'toJPEG', 'toBitmap', 'getBitmap', 'toDataURL', 'resize', 'crop']);

/** @param {any[]} question the first argument of a method is its image. A page may ask anything. @returns {any} */
function answerTo([name, ...args]) {
  if (FUNCTIONS.has(name)) return /** @type {any} */ (nativeImage)[name](...args);
  const [image, ...rest] = args;
  if (!(image instanceof NativeImage)) throw new TypeError('The question names no image');
  if (METHODS.has(name)) return /** @type {any} */ (image)[name](...rest);
  if (name !== 'addRepresentation') throw new TypeError('The question is malformed');
  image.addRepresentation(rest[0]);
  return image;
}

/** What a preload gets: the value, or an error as it is thrown there. @param {any[]} question @returns {{error?: Error, value?: unknown}} */
export function answerImage(question) {
  try {
    return { value: answerTo(question) };
  } catch (error) {
    // No stack of ours for a page.
    const Class = error instanceof TypeError ? TypeError : Error;
    return { error: Object.assign(new Class(error instanceof Error ? error.message : 'The image could not be made'), { stack: '' }) };
  }
}
