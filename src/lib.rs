//! Impasto paints any game live: it captures the game's window, paints each frame with a style transfer network and
//! lays the painting over the game.
//!
//! The modules stand in the order in which a frame travels. `ARCHITECTURE.md` has the map and the layers.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod child;
pub mod frame;

pub mod control;
pub mod dataset;
pub mod light;
pub mod likeness;
pub mod network;
pub mod onnx;
pub mod settings;
pub mod steadiness;

pub mod capture;
pub mod stylize;

pub mod compose;

pub mod record;

#[cfg(feature = "train")]
pub mod train;

pub mod pipeline;

pub mod app;
pub mod commands;
