//! The capture room through its public interface.

mod scene;
