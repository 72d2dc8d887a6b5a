#!/usr/bin/env node
'use strict';

require('../runtime.js').run('shell');
