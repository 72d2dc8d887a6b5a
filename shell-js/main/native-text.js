/**
 * Text for the toolkit: a NUL would end it early there, so it is left out.
 *
 * @param {unknown} value
 */
export const nativeText = (value) => String(value ?? '').replaceAll('\0', '');
