(function () {
return { __proto__: null, cacheStorage: () => undefined };
})();
