//! Measures of how steady a painting is while the game under it moves. Pure arithmetic on frames: nothing here knows a
//! network, a file or a window.
//!
//! All measures take pictures of one size and give numbers in the range of the values `0..=1`, so that 0.01 is one
//! hundredth of the way from black to white; 0 is perfectly steady. None of them says whether a painting is any good:
//! the raw game is steadier than every style, and a blurred painting is steadier than a sharp one. They are therefore
//! told beside the raw video's own values, and beside [`detail`].
//!
//! The measures that need further paintings take a function that paints; it is called on the caller's thread.

mod color_pumping;
mod detail;
mod difference;
mod flow;
mod noise_response;
mod optical_flow;
mod plane;
mod shift_response;
mod warping_error;

pub use color_pumping::color_pumping;
pub use detail::detail;
pub use flow::Flow;
pub use noise_response::{Noise, noise_response};
pub use optical_flow::estimate_flow;
pub use shift_response::shift_response;
pub use warping_error::{warping_error, warping_error_map};
