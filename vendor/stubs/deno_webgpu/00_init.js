(function () {
// What has been a class of the interface is undefined now, and so is `navigator.gpu`.
const nothing = { __proto__: null, initGPU() {} };
return { loadWebGPU: () => nothing };
})();
