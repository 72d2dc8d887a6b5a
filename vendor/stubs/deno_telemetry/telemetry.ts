(function () {
const { core, internals } = __bootstrap;

// What the scripts of fetch, http and http2 ask before they would record anything.
const otelState = {
  TRACING_ENABLED: false,
  METRICS_ENABLED: false,
  PROPAGATORS: [],
};

// Each fetch leaves the span that it has not entered.
internals.__telemetry = { ...otelState, exitSpan: () => {} };

// A server keeps the context that it was started in for its requests.
return {
  otelState,
  currentSnapshot: core.getAsyncContext,
  restoreSnapshot: core.setAsyncContext,
};
})();
