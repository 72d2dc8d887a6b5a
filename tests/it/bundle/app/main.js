'use strict';

// The main script is only packed here; tests/apps/packaged is the app that is started from its bundles.
require('electron');
