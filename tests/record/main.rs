//! The record room through its public interface, judged by ffprobe and ffmpeg.

mod disk;
mod encoders;
mod faults;
mod killed;
mod playback;
mod repair;
mod replay;
mod timing;
mod tools;
