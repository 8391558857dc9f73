//! The record room through its public interface, judged by ffprobe and ffmpeg.

mod disk;
mod encoders;
mod faults;
mod killed;
mod playback;
mod repair;
mod replay;
#[cfg(target_os = "linux")]
mod sound;
#[cfg(target_os = "linux")]
mod sound_faults;
#[cfg(target_os = "linux")]
mod sound_server;
mod timing;
mod tools;
