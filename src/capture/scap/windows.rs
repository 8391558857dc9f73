//! Windows that scap can capture, by its own list.

use super::error::ScapError;
use super::program::{Started, start};
use super::protocol::{Message, ProtocolError, read_greeting, read_message};
use super::request::ScapRequest;
use crate::capture::{CaptureError, WindowInfo, WindowState};
use crate::frame::Size;

/// Asks the program for the windows. scap tells no more than ids and titles.
///
/// # Errors
/// The program is missing, or fails.
pub fn list_scap_windows() -> Result<Vec<WindowInfo>, CaptureError> {
    let Started { child, orders: _orders, mut words } = start(&ScapRequest::default(), &["list".to_owned()])?;
    // Dropped at the end, with which the program ends.
    let _child = child;
    read_greeting(&mut words).map_err(ScapError::Protocol)?;
    let mut windows = Vec::new();
    loop {
        match read_message(&mut words) {
            Ok(Message::Window { id, title }) => windows.push(WindowInfo {
                id,
                title,
                application: String::new(),
                pid: None,
                size: Size::new(0, 0),
                state: WindowState::Visible,
            }),
            Ok(Message::Failed(reason)) => return Err(ScapError::Said(reason).into()),
            Ok(_) => {}
            Err(ProtocolError::Ended) => return Ok(windows),
            Err(error) => return Err(ScapError::Protocol(error).into()),
        }
    }
}
