//! Everything that is tested from outside, in one binary: it links once.

mod apps;
mod asar;
mod bundle;
mod cli;
mod tidy;
