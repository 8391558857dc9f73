//! The record room through its public interface, judged by ffprobe and ffmpeg.

mod faults;
mod killed;
mod playback;
mod timing;
mod tools;
