//! Stands in for the runtime's measuring of itself, which Node does not have: `vendor/stubs/README.md`. Nothing is ever recorded: what would record has no value
//! and is compiled away.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::OnceLock;

/// Says that nothing is measured, in the form that the runtime's scripts read.
#[derive(Clone, Debug, Default)]
pub struct OtelConfig;

impl OtelConfig {
  /// No spans, no metrics, the console untouched, and no propagators.
  pub fn as_v8(&self) -> Box<[u8]> {
    Box::new([0; 3])
  }
}

/// Never set.
pub static OTEL_GLOBALS: OnceLock<OtelGlobals> = OnceLock::new();

/// There is no value of it.
pub struct OtelGlobals {
  pub meter_provider: SdkMeterProvider,
  pub builtin_instrumentation_scope: InstrumentationScope,
  never: Infallible,
}

impl OtelGlobals {
  pub fn has_metrics(&self) -> bool {
    match self.never {}
  }
}

#[derive(Clone)]
pub struct InstrumentationScope;

pub struct SdkMeterProvider;

pub trait MeterProvider {
  fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter;
}

impl MeterProvider for SdkMeterProvider {
  fn meter_with_scope(&self, _scope: InstrumentationScope) -> Meter {
    Meter
  }
}

pub struct Meter;

impl Meter {
  pub fn f64_histogram(&self, _name: &'static str) -> Builder<Histogram<f64>> {
    Builder(Histogram(None))
  }

  pub fn u64_histogram(&self, _name: &'static str) -> Builder<Histogram<u64>> {
    Builder(Histogram(None))
  }

  pub fn i64_up_down_counter(&self, _name: &'static str) -> Builder<UpDownCounter<i64>> {
    Builder(UpDownCounter(None))
  }
}

/// Of what measures.
pub struct Builder<T>(T);

impl<T> Builder<T> {
  pub fn with_unit(self, _unit: &'static str) -> Self {
    self
  }

  pub fn with_description(self, _description: &'static str) -> Self {
    self
  }

  pub fn with_boundaries(self, _boundaries: Vec<f64>) -> Self {
    self
  }

  pub fn build(self) -> T {
    self.0
  }
}

pub struct Histogram<T>(Option<T>);

impl<T> Histogram<T> {
  pub fn record(&self, _value: T, _attributes: &[KeyValue]) {}
}

pub struct UpDownCounter<T>(Option<T>);

impl<T> UpDownCounter<T> {
  pub fn add(&self, _value: T, _attributes: &[KeyValue]) {}
}

pub struct KeyValue {
  pub key: Key,
  pub value: String,
}

impl KeyValue {
  pub fn new(key: &'static str, value: impl ToString) -> Self {
    Self { key: Key(key), value: value.to_string() }
  }
}

pub struct Key(&'static str);

impl Key {
  pub fn as_str(&self) -> &str {
    self.0
  }
}

/// JavaScript never has one.
pub struct OtelSpan(pub Rc<RefCell<Box<OtelSpanState>>>);

// SAFETY: It holds nothing of V8's heap.
unsafe impl deno_core::GarbageCollected for OtelSpan {
  fn trace(&self, _visitor: &mut deno_core::v8::cppgc::Visitor) {}

  fn get_name(&self) -> &'static std::ffi::CStr {
    c"OtelSpan"
  }
}

pub enum OtelSpanState {
  Recording(SpanData),
  Done,
}

pub struct SpanData {
  pub attributes: Vec<KeyValue>,
}

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(deno_telemetry, lazy_loaded_js = ["telemetry.ts", "util.ts"]);
