'use strict';

// Outside of an app, Electron's package is the path of its executable; so is this one.
module.exports = require('./runtime.js').executable();
