'use strict';
// Goes on until its parent is gone.

process.on('disconnect', () => process.exit());
process.send('there');
