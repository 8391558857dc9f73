//! Milliseconds per finished picture, as medians, on the adapter that `IMPASTO_GPU` chooses. Each picture is waited for.
//!
//! `cargo bench --bench compose`

use impasto::compose::{Compositor, Gpu, Layers, Painting};
use impasto::control::Look;
use impasto::frame::{Frame, FramePool, Size};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

const WARM_UP: usize = 10;
const PICTURES: usize = 60;

/// What changes from picture to picture.
#[derive(Clone, Copy)]
enum Case {
    PlainFrame,
    SameSize,
    Fresh,
    CarriedStill,
    CarriedMoving,
}

#[allow(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() -> Result<(), Box<dyn Error>> {
    let gpu = Gpu::headless()?;
    println!("{}", gpu.description());
    println!("{:<10} {:<16} {:>8} {:>10}", "output", "picture", "compose", "+read back");
    for output in [Size::new(640, 480), Size::new(1280, 720), Size::new(1920, 1080)] {
        let cases = [
            ("plain frame", Case::PlainFrame),
            ("same size", Case::SameSize),
            ("guided", Case::Fresh),
            ("carried, still", Case::CarriedStill),
            ("carried, moving", Case::CarriedMoving),
        ];
        for (name, case) in cases {
            let compose = median(&gpu, output, case, false)?;
            let with_read_back = median(&gpu, output, case, true)?;
            let ms = |time: Duration| time.as_secs_f64() * 1000.0;
            println!("{:<10} {name:<16} {:>5.2} ms {:>7.2} ms", output.to_string(), ms(compose), ms(with_read_back));
        }
    }
    Ok(())
}

fn median(gpu: &Gpu, output: Size, case: Case, reads_back: bool) -> Result<Duration, Box<dyn Error>> {
    let mut compositor = Compositor::new(gpu);
    let mut pool = FramePool::new();
    let frames: Vec<_> = (0..4).map(|index| Arc::new(waves(output, index as f32 * 24.0))).collect();
    let still: Vec<_> = (0..4).map(|_| Arc::new(waves(output, 0.0))).collect();
    let small = Size::new(output.width / 2, output.height / 2);
    let painting_size = if matches!(case, Case::SameSize) { output } else { small };
    let paintings: Vec<_> = (0..4).map(|index| Arc::new(waves(painting_size, index as f32 * 12.0))).collect();
    let mut times = Vec::with_capacity(PICTURES);
    for index in 0..WARM_UP + PICTURES {
        let now = index % 4;
        let frame = if matches!(case, Case::CarriedStill) { &still[now] } else { &frames[now] };
        let old = if now == 0 { &frames[1] } else { &frames[0] };
        let painting = match case {
            Case::PlainFrame => None,
            Case::SameSize | Case::Fresh => Some((&paintings[now], frame)),
            Case::CarriedStill => Some((&paintings[0], if now == 0 { &still[1] } else { &still[0] })),
            Case::CarriedMoving => Some((&paintings[0], old)),
        };
        let painting = painting.map(|(picture, source)| Painting { picture: picture.clone(), source: source.clone() });
        let layers = Layers { frame: frame.clone(), painting };
        let start = Instant::now();
        compositor.compose(gpu, &layers, &Look::default(), output);
        if reads_back {
            compositor.read_back(gpu, &mut pool)?;
        } else {
            gpu.device.poll(wgpu::PollType::wait_indefinitely())?;
        }
        if index >= WARM_UP {
            times.push(start.elapsed());
        }
    }
    times.sort();
    Ok(times[PICTURES / 2])
}

/// A picture with soft and hard edges, moved to the left by `shift` pixels.
fn waves(size: Size, shift: f32) -> Frame {
    let mut frame = Frame::new(size);
    for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = ((index as u32 % size.width) as f32 + shift, (index as u32 / size.width) as f32);
        let wave = (x * 0.031 + (y * 0.017).sin() * 3.0).sin() + (x * 0.0071 + y * 0.019).cos();
        let value = 128.0 + 50.0 * wave;
        pixel.copy_from_slice(&[value as u8, (value * 0.8) as u8, if wave > 0.0 { 200 } else { 60 }, 0]);
    }
    frame
}
