//! Fits pictures of any size into the recording's size.

use super::yuv::Planes;
use crate::frame::{Frame, Size, resize_bilinear};

/// Converts pictures into planes of one size; black bars fill what another aspect leaves over.
pub struct Letterbox {
    planes: Planes,
    /// The size that the recording was asked for: it may have an odd last column or row, which is cut off.
    native: Size,
    /// Size of the pictures that the bars are laid for.
    fitted_for: Size,
    scaled: Frame,
}

impl Letterbox {
    /// For a recording of the size `native`; the planes have even sides.
    pub fn new(native: Size) -> Self {
        let even = Size::new(native.width & !1, native.height & !1);
        Self { planes: Planes::new(even), native, fitted_for: native, scaled: Frame::new(Size::new(1, 1)) }
    }

    /// Width and height of the planes.
    pub fn size(&self) -> Size {
        self.planes.size()
    }

    /// The planes of the last picture; black where there was none.
    pub fn last(&self) -> &Planes {
        &self.planes
    }

    /// The planes of a picture.
    pub fn fit(&mut self, picture: &Frame) -> &Planes {
        if picture.size.area() == 0 {
            return &self.planes;
        }
        if self.fitted_for != picture.size {
            self.fitted_for = picture.size;
            self.planes.blacken();
        }
        if picture.size == self.native || picture.size == self.planes.size() {
            self.planes.lay(picture, 0, 0);
            return &self.planes;
        }
        let inner = inner_size(picture.size, self.planes.size());
        self.scaled.reshape(inner);
        resize_bilinear(picture, &mut self.scaled);
        let margin = |outer: u32, inner: u32| (((outer - inner) / 2) & !1) as usize;
        let outer = self.planes.size();
        self.planes.lay(&self.scaled, margin(outer.width, inner.width), margin(outer.height, inner.height));
        &self.planes
    }
}

/// The largest even size of the shape `picture` within `outer`, which is even.
fn inner_size(picture: Size, outer: Size) -> Size {
    let scale =
        (f64::from(outer.width) / f64::from(picture.width)).min(f64::from(outer.height) / f64::from(picture.height));
    let side = |side: u32, limit: u32| {
        let even = (f64::from(side) * scale / 2.0).round() as u32 * 2;
        even.clamp(2, limit)
    };
    Size::new(side(picture.width, outer.width), side(picture.height, outer.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_aspect() {
        assert_eq!(inner_size(Size::new(640, 480), Size::new(1280, 720)), Size::new(960, 720));
        assert_eq!(inner_size(Size::new(1920, 1080), Size::new(640, 480)), Size::new(640, 360));
        assert_eq!(inner_size(Size::new(1, 4000), Size::new(640, 480)), Size::new(2, 480));
    }
}
