// The modules of the script that this one is in, by their file names; renderer-bundle.js puts them here when it joins the files.

/** @type {Record<string, any>} */
export const bundled = {};
