//! Tests of the `stylize` room through its public interface, on networks that the tests build themselves.

mod conventions;
mod networks;
