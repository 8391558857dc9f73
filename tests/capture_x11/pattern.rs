//! A picture whose every pixel is known, as a window's background: the server draws it, at once and also where a window
//! is covered, so that every frame can be compared exactly.

use crate::support::client::Client;
use impasto::frame::Frame;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, ImageFormat};

/// Side of the square that is repeated over the window. It divides 65536, so that 16-bit coordinates repeat with it.
const TILE: usize = 512;

/// Rows in one request: the protocol's requests are limited to 256 KiB.
const ROWS_AT_ONCE: usize = 64;

/// Blue, green and red at a place of the window. `seed` tells pictures apart.
pub fn color(seed: u8, x: usize, y: usize) -> [u8; 3] {
    let (x, y) = (x % TILE, y % TILE);
    [(x as u8) ^ seed, (y as u8).wrapping_add(seed), (x / 2 + 3 * y + usize::from(seed)) as u8]
}

/// Gives the client's window the picture, and draws it where the window is on the screen.
pub fn paint(client: &Client, seed: u8) {
    let connection = &client.connection;
    let (pixmap, gc) = (connection.generate_id().unwrap(), connection.generate_id().unwrap());
    connection.create_pixmap(client.depth, pixmap, client.window, TILE as u16, TILE as u16).unwrap();
    connection.create_gc(gc, pixmap, &CreateGCAux::new()).unwrap();
    for top in (0..TILE).step_by(ROWS_AT_ONCE) {
        let rows: Vec<u8> = (top..top + ROWS_AT_ONCE)
            .flat_map(|y| (0..TILE).map(move |x| color(seed, x, y)))
            .flat_map(|[blue, green, red]| [blue, green, red, 0xFF])
            .collect();
        let (width, height) = (TILE as u16, ROWS_AT_ONCE as u16);
        connection
            .put_image(ImageFormat::Z_PIXMAP, pixmap, gc, width, height, 0, top as i16, 0, client.depth, &rows)
            .unwrap();
    }
    let background = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
    connection.change_window_attributes(client.window, &background).unwrap();
    connection.free_pixmap(pixmap).unwrap();
    connection.free_gc(gc).unwrap();
    connection.clear_area(false, client.window, 0, 0, 0, 0).unwrap();
    client.sync();
}

/// Where the frame is not the picture; `None` where it is, pixel by pixel.
pub fn difference(frame: &Frame, seed: u8) -> Option<String> {
    assert_eq!(frame.pixels.len(), frame.size.area() * 4, "a frame is as large as it says");
    let width = frame.size.width as usize;
    frame.pixels.chunks_exact(4).enumerate().find_map(|(index, pixel)| {
        let (x, y) = (index % width, index / width);
        let wanted = color(seed, x, y);
        (pixel[..3] != wanted).then(|| format!("{:?} at {x},{y} of {} is not {wanted:?}", &pixel[..3], frame.size))
    })
}

/// Fails unless the frame is the picture.
pub fn assert_shows(frame: &Frame, seed: u8) {
    assert_eq!(difference(frame, seed), None);
}
