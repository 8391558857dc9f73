//! Automatic levels: the curve against the trainer's own, and how it follows the frames of a game.

mod following;
mod python;
