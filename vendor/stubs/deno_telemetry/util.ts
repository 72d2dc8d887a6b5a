(function () {
const { internals } = __bootstrap;

const util = { __proto__: null };
internals.__telemetryUtil = util;
return util;
})();
