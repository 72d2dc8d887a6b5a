'use strict';

window.api.double(21).then((doubled) => window.api.report({ doubled, title: document.title, file: location.pathname.split('/').pop() }));
