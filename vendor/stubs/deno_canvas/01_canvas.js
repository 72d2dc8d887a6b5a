export const ImageBitmapRenderingContext = undefined, OffscreenCanvas = undefined;
