export const ImageBitmap = undefined, createImageBitmap = undefined;
