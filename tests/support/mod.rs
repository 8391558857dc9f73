//! A private desktop, and clients in it that stand for games.

pub mod bus;
pub mod client;
pub mod desktop;
pub mod doom;
pub mod fake_ffmpeg;
pub mod game_process;
pub mod style;
pub mod tray;
pub mod videos;
