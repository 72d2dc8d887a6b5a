import { host } from '../common/codec-format.js';
import { NativeImage, formsOfImage, imageOfForms } from './api/native-image.js';
import { hasNamedProperties, proxyFinder } from './binding.js';

/**
 * Gives the codec what only the main process has: the engine's knowledge of proxies and arrays, and images. Not as this module is evaluated: other
 * processes start with the same snapshot.
 */
export function completeCodec() {
  host.anyProxy = proxyFinder();
  host.hasNamedProperties = hasNamedProperties;
  // Node's is native; that of the runtime looks like an app's class.
  const { Blob: BlobClass } = globalThis;
  host.refuses = (/** @type {object} */ value) => value instanceof BlobClass;
  host.formsOfImage = (/** @type {object} */ value) => (value instanceof NativeImage ? formsOfImage(value) : null);
  host.imageOfForms = imageOfForms;
}
