// nativeImage in preloads. An image is its pixels in each scale factor, which is also what crosses to the main process and back; whatever needs
// them decoded, encoded or changed is asked of the main process, which has the one implementation of it.

import { host } from '../common/codec-format.js';
import { Buffer } from './buffer.js';
import { refuseAll } from './refusal.js';

const REFUSED = ['createFromNamedImage', 'createFromPath', 'createMenuSymbol'];
const KEY = Symbol('nativeImage');

/** @param {{ask(name: string, ...args: any[]): any}} transport */
export function createNativeImage(transport) {
  const formsOf = new WeakMap();

  // A function of nativeImage, or a method of the image that is the first argument.
  function ask(name, ...args) {
    const { error, value } = transport.ask('image', name, ...args);
    if (error !== undefined) throw error;
    return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
  }

  // The representation whose scale factor is nearest.
  function closest(image, wanted) {
    let best = null;
    for (const form of formsOf.get(image)) if (best === null || Math.abs(form[0] - wanted) < Math.abs(best[0] - wanted)) best = form;
    return best;
  }

  class NativeImage {
    constructor(key, forms) {
      if (key !== KEY) throw new TypeError('Illegal constructor');
      formsOf.set(this, forms);
    }

    isEmpty() {
      return formsOf.get(this).length === 0;
    }

    getSize(scaleFactor = 1) {
      const form = closest(this, scaleFactor);
      if (form === null) return { width: 0, height: 0 };
      const [scale, { width, height }] = form;
      return { width: Math.trunc(width / scale), height: Math.trunc(height / scale) };
    }

    getAspectRatio(scaleFactor = 1) {
      const { width, height } = this.getSize(scaleFactor);
      return width === 0 || height === 0 ? 1 : width / height;
    }

    getScaleFactors() {
      return formsOf.get(this).map(([scale]) => scale);
    }

    addRepresentation(options) {
      formsOf.set(this, formsOf.get(ask('addRepresentation', this, options)));
    }

    getNativeHandle() {
      throw new Error('Not implemented');
    }

    // Template images are a notion of macOS.
    setTemplateImage() {}

    isTemplateImage() {
      return false;
    }
  }
  for (const name of ['toPNG', 'toJPEG', 'toBitmap', 'getBitmap', 'toDataURL', 'resize', 'crop']) {
    const method = { [name](...args) { return ask(name, this, ...args); } }[name];
    Object.defineProperty(NativeImage.prototype, name, { value: method, writable: true, configurable: true });
  }

  host.formsOfImage = (value) => formsOf.get(value) ?? null;
  host.imageOfForms = (forms) => new NativeImage(KEY, forms);

  const nativeImage = { createEmpty: () => new NativeImage(KEY, []) };
  for (const name of ['createFromBitmap', 'createFromBuffer', 'createFromDataURL']) nativeImage[name] = (...args) => ask(name, ...args);
  return refuseAll(nativeImage, 'nativeImage', REFUSED);
}
