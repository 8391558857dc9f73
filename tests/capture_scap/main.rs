//! Capture with scap: the protocol against damaged streams, and the source against programs that do what scap does wrong.
#![cfg(unix)]

mod fake;
mod faults;
mod pictures;
mod program;
#[allow(dead_code, reason = "not all of it is said here")]
#[path = "../../src/capture/scap/protocol.rs"]
mod protocol;
mod stream;
