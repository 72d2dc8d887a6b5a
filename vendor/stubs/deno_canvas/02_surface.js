(function () {
return { UnsafeWindowSurface: undefined };
})();
