//! What we tell PipeWire that we take: formats, kinds of memory, and what else is to come with a picture.

use super::pixels::FORMATS;
use pipewire::spa;
use spa::param::ParamType;
use spa::param::format::{FormatProperties, MediaSubtype, MediaType};
use spa::pod::serialize::PodSerializer;
use spa::pod::{ChoiceValue, Object, Property, Value, object, property};
use spa::utils::{Choice, ChoiceEnum, ChoiceFlags, Fraction, Id, Rectangle, SpaTypes};

/// The longest side of a picture in pixels: a larger one is taken for an error.
pub const LONGEST_SIDE_PX: u32 = 16_384;

/// Pictures a second that are asked for; compositors send one whenever something has changed.
const USUAL_RATE: Fraction = Fraction { num: 60, denom: 1 };
const LARGEST_RATE: Fraction = Fraction { num: 1000, denom: 1 };

/// Buffers between the compositor and us: asked for, at least, at most. Few make a slow reader miss pictures.
const BUFFERS: (i32, i32, i32) = (4, 2, 16);

/// A message of PipeWire, as bytes.
fn bytes(object: Object) -> Vec<u8> {
    PodSerializer::serialize(std::io::Cursor::new(Vec::new()), &Value::Object(object))
        .expect("writing to memory cannot fail")
        .0
        .into_inner()
}

/// The formats that we take. No modifier is named: that is how a reader says that it wants plain memory and no DMA-BUF.
pub fn formats() -> Vec<u8> {
    let ids: Vec<Id> = FORMATS.iter().map(|(format, _)| Id(format.as_raw())).collect();
    let formats = Choice(ChoiceFlags::empty(), ChoiceEnum::Enum { default: ids[0], alternatives: ids });
    let side = |side_px| Rectangle { width: side_px, height: side_px };
    bytes(object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        property!(FormatProperties::VideoFormat, Value::Choice(ChoiceValue::Id(formats))),
        property!(
            FormatProperties::VideoSize,
            Choice,
            Range,
            Rectangle,
            Rectangle { width: 1280, height: 720 },
            side(1),
            side(LONGEST_SIDE_PX)
        ),
        property!(
            FormatProperties::VideoFramerate,
            Choice,
            Range,
            Fraction,
            USUAL_RATE,
            Fraction { num: 0, denom: 1 },
            LARGEST_RATE
        ),
    ))
}

/// Buffers of memory that can be mapped. How large they are, and how far apart their rows begin, the compositor says.
pub fn buffers() -> Vec<u8> {
    use spa::sys::{SPA_DATA_MemFd, SPA_DATA_MemPtr, SPA_PARAM_BUFFERS_buffers, SPA_PARAM_BUFFERS_dataType};
    let (default, min, max) = BUFFERS;
    let count = Choice(ChoiceFlags::empty(), ChoiceEnum::Range { default, min, max });
    let kinds = (1 << SPA_DATA_MemFd) | (1 << SPA_DATA_MemPtr);
    let kinds = Choice(ChoiceFlags::empty(), ChoiceEnum::Flags { default: kinds, flags: vec![] });
    bytes(Object {
        type_: SpaTypes::ObjectParamBuffers.as_raw(),
        id: ParamType::Buffers.as_raw(),
        properties: vec![
            Property::new(SPA_PARAM_BUFFERS_buffers, Value::Choice(ChoiceValue::Int(count))),
            Property::new(SPA_PARAM_BUFFERS_dataType, Value::Choice(ChoiceValue::Int(kinds))),
        ],
    })
}

/// A piece of data that is to come with each picture.
pub fn meta(kind: u32, size_bytes: usize) -> Vec<u8> {
    use spa::sys::{SPA_PARAM_META_size, SPA_PARAM_META_type};
    bytes(Object {
        type_: SpaTypes::ObjectParamMeta.as_raw(),
        id: ParamType::Meta.as_raw(),
        properties: vec![
            Property::new(SPA_PARAM_META_type, Value::Id(Id(kind))),
            Property::new(SPA_PARAM_META_size, Value::Int(size_bytes as i32)),
        ],
    })
}
