//! Everything that is tested from outside, in one binary: it links once.

mod apps;
mod asar;
mod beside_node;
mod bundle;
mod channel;
mod children;
mod cli;
mod code_cache;
mod files;
mod inspector;
mod new;
mod process_options;
mod run_as_node;
mod run_modules;
mod scripts;
mod shared;
mod snapshot;
mod terminal;
mod throwing;
mod tidy;
