// Pictures for icons, the clipboard and apps.
//
// Pixels are kept as straight RGBA, the bridge's form. Apps see Electron's form: BGRA with the colours multiplied by alpha.

import { Buffer } from 'node:buffer';
import { parse, format } from 'node:path';

import { imageCrop, imageDecode, imageEncodeJpeg, imageEncodePng, imageResize } from '../binding.js';
import { check, conversionError } from './arguments.js';
import { builtin } from '../builtin.js';

/**
 * One form of an image, in pixels.
 *
 * @typedef {{ width: number, height: number, rgba: Uint8Array }} Pixels
 */

/** File name endings of further representations of an image, and their scale factors. */
const SCALES = [2, 3, 1, 4, 5, 1.25, 1.33, 1.4, 1.5, 1.8, 2.5];

/** What the native side takes; larger numbers would lose their upper bits on the way. */
const LONGEST_SIDE = 65_535;

/** Key of the private constructor. */
const PRIVATE = Symbol('nativeImage');

/** @type {WeakMap<NativeImage, Map<number, Pixels>>} */
const formsOf = new WeakMap();

let bitmapWarned = false;

export class NativeImage {
  /** Only the functions of `nativeImage` make images. */
  constructor(key, forms) {
    if (key !== PRIVATE) throw new TypeError('Illegal constructor');
    formsOf.set(this, forms);
  }

  /** @returns {boolean} */
  isEmpty() {
    return formsOf.get(this).size === 0;
  }

  /** @param {number} [scaleFactor] */
  getSize(scaleFactor = 1) {
    const [scale, pixels] = closest(this, scaleFactor);
    return { width: Math.trunc(pixels.width / scale), height: Math.trunc(pixels.height / scale) };
  }

  /** @param {number} [scaleFactor] */
  getAspectRatio(scaleFactor = 1) {
    const { width, height } = this.getSize(scaleFactor);
    return width === 0 || height === 0 ? 1 : width / height;
  }

  getScaleFactors() {
    return [...formsOf.get(this).keys()];
  }

  /** @param {{ scaleFactor?: number }} [options] */
  toPNG(options) {
    const [, { width, height, rgba }] = closest(this, scaleOf(options));
    return width === 0 ? Buffer.alloc(0) : asBuffer(imageEncodePng(rgba, width, height));
  }

  /** @param {number} quality 0 to 100 */
  toJPEG(quality) {
    check(arguments, 'int');
    const [, { width, height, rgba }] = closest(this, 1);
    return width === 0 ? Buffer.alloc(0) : asBuffer(imageEncodeJpeg(rgba, width, height, Math.min(Math.max(quality, 0), 100)));
  }

  /** @param {{ scaleFactor?: number }} [options] */
  toBitmap(options) {
    const [, { rgba }] = closest(this, scaleOf(options));
    return asBuffer(toBgra(rgba));
  }

  getBitmap(options) {
    if (!bitmapWarned) {
      bitmapWarned = true;
      console.warn('getBitmap() is deprecated, use toBitmap() instead.');
    }
    return this.toBitmap(options);
  }

  /** @param {{ scaleFactor?: number }} [options] */
  toDataURL(options) {
    return `data:image/png;base64,${this.toPNG(options).toString('base64')}`;
  }

  getNativeHandle() {
    throw new Error('Not implemented');
  }

  /** Template images are a notion of macOS. */
  setTemplateImage() {}

  isTemplateImage() {
    return false;
  }

  get isMacTemplateImage() {
    return false;
  }

  set isMacTemplateImage(_value) {}

  /** @param {{ width?: number, height?: number, quality?: string }} options */
  resize(options) {
    check(arguments, 'object');
    const size = newSize(this, options);
    const forms = new Map();
    for (const [scale, { width, height, rgba }] of formsOf.get(this)) {
      const to = { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
      if (to.width <= 0 || to.height <= 0) continue;
      if (Math.max(to.width, to.height) > LONGEST_SIDE) throw new RangeError(`An image has at most ${LONGEST_SIDE} pixels on a side`);
      forms.set(scale, { ...to, rgba: imageResize(rgba, width, height, to.width, to.height, qualityOf(options)) });
    }
    return new NativeImage(PRIVATE, forms);
  }

  /** @param {{ x: number, y: number, width: number, height: number }} rectangle clipped to the image */
  crop(rectangle) {
    check(arguments, 'object');
    const { x, y, width, height } = rectangle;
    if (![x, y, width, height].every(Number.isFinite)) throw conversionError(0, rectangle);
    const size = this.getSize();
    const [left, top] = [Math.max(Math.trunc(x), 0), Math.max(Math.trunc(y), 0)];
    const [right, bottom] = [Math.min(Math.trunc(x + width), size.width), Math.min(Math.trunc(y + height), size.height)];
    const forms = new Map();
    if (right <= left || bottom <= top) return new NativeImage(PRIVATE, forms);
    for (const [scale, pixels] of formsOf.get(this)) {
      const part = { x: Math.floor(left * scale), y: Math.floor(top * scale), right: Math.ceil(right * scale), bottom: Math.ceil(bottom * scale) };
      const to = { width: Math.min(part.right, pixels.width) - part.x, height: Math.min(part.bottom, pixels.height) - part.y };
      const rgba = imageCrop(pixels.rgba, pixels.width, pixels.height, part.x, part.y, to.width, to.height);
      forms.set(scale, { ...to, rgba });
    }
    return new NativeImage(PRIVATE, forms);
  }

  /** @param {{ scaleFactor?: number, width?: number, height?: number, buffer?: Uint8Array, dataURL?: string }} options */
  addRepresentation(options) {
    check(arguments, 'object');
    const { buffer, dataURL, width = 0, height = 0 } = options;
    let pixels = null;
    if (ArrayBuffer.isView(buffer)) pixels = fromBytes(buffer, width, height);
    else if (typeof dataURL === 'string') pixels = fromDataURL(dataURL);
    if (pixels) formsOf.get(this).set(scaleOf(options), pixels);
  }
}

const NOTHING = /** @type {[number, Pixels]} */ ([1, { width: 0, height: 0, rgba: new Uint8Array(0) }]);

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const scaleOf = (options) => {
  const scale = options?.scaleFactor;
  return typeof scale === 'number' && scale > 0 ? scale : 1;
};

/** The representation whose scale factor is nearest to `wanted`, with its own factor. */
function closest(image, wanted) {
  let best = NOTHING;
  for (const form of formsOf.get(image)) {
    if (best === NOTHING || Math.abs(form[0] - wanted) < Math.abs(best[0] - wanted)) best = form;
  }
  return best;
}

/** @param {{ quality?: string }} options */
const qualityOf = ({ quality }) => (quality === 'good' || quality === 'better' ? quality : 'best');

/** A side that is not given follows the other by the aspect ratio. */
function newSize(image, options) {
  const given = { width: Number.isInteger(options.width), height: Number.isInteger(options.height) };
  const size = image.getSize();
  const ratio = image.getAspectRatio();
  const { width, height } = options;
  if (given.width && given.height) return { width, height };
  if (given.width) return { width, height: Math.round(width / ratio) };
  if (given.height) return { width: Math.round(height * ratio), height };
  return size;
}

function toBgra(rgba) {
  const out = new Uint8Array(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3];
    out[at] = Math.round((rgba[at + 2] * alpha) / 255);
    out[at + 1] = Math.round((rgba[at + 1] * alpha) / 255);
    out[at + 2] = Math.round((rgba[at] * alpha) / 255);
    out[at + 3] = alpha;
  }
  return out;
}

function fromBgra(bytes) {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 4) {
    const alpha = bytes[at + 3];
    const straight = (value) => (alpha === 0 ? 0 : Math.min(255, Math.round((value * 255) / alpha)));
    out[at] = straight(bytes[at + 2]);
    out[at + 1] = straight(bytes[at + 1]);
    out[at + 2] = straight(bytes[at]);
    out[at + 3] = alpha;
  }
  return out;
}

/** A PNG or JPEG file, or pixels of a known size. */
function fromBytes(view, width = 0, height = 0) {
  const bytes = bytesOf(view);
  const decoded = bytes.length > 0 ? imageDecode(bytes) : null;
  if (decoded) return decoded;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width <= 0 || height <= 0) return null;
  return bytes.length === width * height * 4 ? { width, height, rgba: fromBgra(bytes) } : null;
}

function fromDataURL(url) {
  const match = /^data:image\/(?:png|jpeg)((?:;[^,;]*)*),(.*)$/is.exec(url);
  if (!match) return null;
  const [, parameters, data] = match;
  const isBase64 = /;base64$/i.test(parameters.trim());
  try {
    const text = decodeURIComponent(data);
    return fromBytes(isBase64 ? Buffer.from(text, 'base64') : Buffer.from(unescape(data), 'latin1'));
  } catch {
    // A broken percent sign: no data URL, and so an empty image.
    return null;
  }
}

function make(pixels, scale = 1) {
  return new NativeImage(PRIVATE, new Map(pixels ? [[scale, pixels]] : []));
}

function readPixels(path) {
  try {
    return fromBytes(builtin.fs.readFileSync(path));
  } catch {
    // A file that cannot be read makes an empty image.
    return null;
  }
}

function requireBuffer(buffer) {
  if (!ArrayBuffer.isView(buffer)) throw new Error('buffer must be a node Buffer');
}

export const nativeImage = {
  createEmpty: () => make(null),

  /** @param {string} path an image, whose further representations may lie beside it as `name@2x.png` */
  createFromPath(path) {
    check(arguments, 'string');
    const parts = parse(path);
    const own = SCALES.find((scale) => parts.name.endsWith(`@${scale}x`));
    if (own !== undefined) return make(readPixels(path), own);
    const forms = new Map();
    const add = (scale, file) => {
      const pixels = readPixels(file);
      if (pixels) forms.set(scale, pixels);
    };
    add(1, path);
    for (const scale of SCALES) {
      if (!forms.has(scale)) add(scale, format({ ...parts, base: undefined, name: `${parts.name}@${scale}x` }));
    }
    return new NativeImage(PRIVATE, forms);
  },

  /** @param {Uint8Array} buffer @param {{ width: number, height: number, scaleFactor?: number }} options */
  createFromBitmap(buffer, options) {
    requireBuffer(buffer);
    if (options === null || typeof options !== 'object') throw conversionError(1, options);
    const { width, height } = options;
    if (!Number.isInteger(width)) throw new Error('width is required');
    if (!Number.isInteger(height)) throw new Error('height is required');
    if (width <= 0 || height <= 0) return make(null);
    if (buffer.byteLength !== width * height * 4) throw new Error('invalid buffer size');
    return make({ width, height, rgba: fromBgra(bytesOf(buffer)) }, scaleOf(options));
  },

  /** @param {Uint8Array} buffer @param {{ width?: number, height?: number, scaleFactor?: number }} [options] */
  createFromBuffer(buffer, options) {
    requireBuffer(buffer);
    return make(fromBytes(buffer, options?.width, options?.height), scaleOf(options));
  },

  /** @param {string} dataURL */
  createFromDataURL(dataURL) {
    check(arguments, 'string');
    return make(fromDataURL(dataURL));
  },

  /** Named system images and symbols are macOS's. */
  createFromNamedImage: () => make(null),
  createMenuSymbol: () => make(null),
};

/**
 * What apps may give where an image is wanted: an image or the path of one.
 *
 * @param {unknown} value
 * @returns {NativeImage}
 */
export function imageFrom(value) {
  if (value instanceof NativeImage) return value;
  if (typeof value !== 'string') throw new Error('Argument must be a file path or a NativeImage');
  const image = nativeImage.createFromPath(value);
  if (image.isEmpty()) throw new Error(`Failed to load image from path '${value}'`);
  return image;
}

/**
 * An image in the bridge's form, `null` for an empty one.
 *
 * @param {NativeImage} image
 * @returns {Pixels | null}
 */
export function toPicture(image, scaleFactor = 1) {
  const [, pixels] = closest(image, scaleFactor);
  return pixels.width === 0 ? null : pixels;
}

/** @param {Pixels | null} picture */
export const fromPicture = (picture) => make(picture);

/**
 * All forms of an image, and the way back; for the codec, which carries images between processes.
 *
 * @param {NativeImage} image
 * @returns {[number, Pixels][]}
 */
export const formsOfImage = (image) => [...formsOf.get(image)];
/** @param {[number, Pixels][]} forms */
export const imageOfForms = (forms) => new NativeImage(PRIVATE, new Map(forms));

export default nativeImage;
