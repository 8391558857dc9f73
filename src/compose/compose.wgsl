// The finished picture in one full-screen pass. `reference.rs` defines it; the names are the same there.

struct Params {
    output_px: vec2f,
    frame_px: vec2f,
    painting_px: vec2f,
    motion_px: vec2f,
    strength: f32,
    keep_colors: f32,
    split_px: f32,
    detail: f32,
    cut: f32,
    palette_red: vec4f,
    palette_green: vec4f,
    palette_blue: vec4f,
    region_px: vec4f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var frame_texture: texture_2d<f32>;
@group(0) @binding(2) var painting_texture: texture_2d<f32>;
@group(0) @binding(3) var guide_texture: texture_2d<f32>;

// These choose the variant; drivers drop what a variant does not use.
override MODE: u32 = 0u;
override FRAME_IS_SCALED: bool = false;

override RANGE_VARIANCE: f32 = 1.0;
override DETAIL_DEAD_ZONE: f32 = 0.0;
override DETAIL_LIMIT: f32 = 0.0;
override UNSEEN_FROM: f32 = 0.0;
override UNSEEN_TO: f32 = 1.0;
override UNSEEN_SHARE: f32 = 0.0;
override DIVIDER_HALF_PX: f32 = 0.0;
override DIVIDER_BRIGHTNESS: f32 = 1.0;

const FRAME: u32 = 0u;
const PAINTING: u32 = 1u;
const GUIDED: u32 = 2u;
const CARRIED_MOVING: u32 = 4u;

const LUMA = vec3f(0.299, 0.587, 0.114);

// One triangle that covers the picture.
@vertex
fn cover(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    return vec4f(f32(i32(index & 1u) * 4 - 1), f32(i32(index >> 1u) * 4 - 1), 0.0, 1.0);
}

fn frame_at(at: vec2i) -> vec3f {
    return textureLoad(frame_texture, clamp(at, vec2i(0), vec2i(params.frame_px) - 1), 0).rgb;
}

// Bilinear by hand: samplers have as few as eight bits of fraction, which the weights of the guide would amplify.
fn scaled_frame(position: vec2f) -> vec3f {
    let at = position / params.output_px * params.frame_px - 0.5;
    let base = floor(at);
    let first = vec2i(base);
    let far = at - base;
    let upper = mix(frame_at(first), frame_at(first + vec2i(1, 0)), far.x);
    let lower = mix(frame_at(first + vec2i(0, 1)), frame_at(first + vec2i(1, 1)), far.x);
    return mix(upper, lower, far.y);
}

struct Sums {
    picture: vec3f,
    guide: vec3f,
    distance: f32,
    weight: f32,
}

// Adds one texel: its weight is spatial weight times likeness of the guide to the pixel.
fn add_texel(sums: Sums, pixel: vec3f, x: i32, y: i32, spatial: f32) -> Sums {
    let guide = textureLoad(guide_texture, vec2i(x, y), 0).rgb;
    let difference = guide - pixel;
    let distance = dot(difference, difference);
    let fall = 1.0 + distance * (1.0 / RANGE_VARIANCE);
    let weight = spatial / (fall * fall);
    var result = sums;
    result.picture += weight * textureLoad(painting_texture, vec2i(x, y), 0).rgb;
    result.guide += weight * guide;
    result.distance += weight * distance;
    result.weight += weight;
    return result;
}

// The four nearest texels with bilinear weights.
fn add_2x2(sums: Sums, pixel: vec3f, at: vec2f) -> Sums {
    let base = floor(at);
    let last = vec2i(params.painting_px) - 1;
    let x = clamp(vec2i(i32(base.x)) + vec2i(0, 1), vec2i(0), last.xx);
    let y = clamp(vec2i(i32(base.y)) + vec2i(0, 1), vec2i(0), last.yy);
    let far = at - base;
    let near = 1.0 - far;
    var result = add_texel(sums, pixel, x.x, y.x, near.x * near.y);
    result = add_texel(result, pixel, x.y, y.x, far.x * near.y);
    result = add_texel(result, pixel, x.x, y.y, near.x * far.y);
    return add_texel(result, pixel, x.y, y.y, far.x * far.y);
}

fn add_row(sums: Sums, pixel: vec3f, x: vec3i, y: i32, spatial: vec3f) -> Sums {
    var result = add_texel(sums, pixel, x.x, y, spatial.x);
    result = add_texel(result, pixel, x.y, y, spatial.y);
    return add_texel(result, pixel, x.z, y, spatial.z);
}

// The nine nearest texels with tent weights that reach one and a half texels far.
fn add_3x3(sums: Sums, pixel: vec3f, at: vec2f) -> Sums {
    let centre = floor(at + 0.5);
    let last = vec2i(params.painting_px) - 1;
    let x = clamp(vec3i(i32(centre.x)) + vec3i(-1, 0, 1), vec3i(0), last.xxx);
    let y = clamp(vec3i(i32(centre.y)) + vec3i(-1, 0, 1), vec3i(0), last.yyy);
    let offset = at - centre;
    let across = vec3f(0.5 - offset.x, 1.5 - abs(offset.x), 0.5 + offset.x);
    let down = vec3f(0.5 - offset.y, 1.5 - abs(offset.y), 0.5 + offset.y);
    var result = add_row(sums, pixel, x, y.x, across * down.x);
    result = add_row(result, pixel, x, y.y, across * down.y);
    return add_row(result, pixel, x, y.z, across * down.z);
}

// The frame's colour as the painting would show it.
fn toned(pixel: vec3f) -> vec3f {
    let color = vec4f(pixel, 1.0);
    let toned = vec3f(dot(params.palette_red, color), dot(params.palette_green, color), dot(params.palette_blue, color));
    return clamp(toned, vec3f(0.0), vec3f(1.0));
}

fn painted(pixel: vec3f, position: vec2f) -> vec3f {
    let at = position / params.output_px * params.painting_px - 0.5;
    var sums = Sums(vec3f(0.0), vec3f(0.0), 0.0, 0.0);
    if MODE == CARRIED_MOVING {
        sums = add_2x2(sums, pixel, at);
        sums = add_3x3(sums, pixel, at - params.motion_px);
    } else {
        sums = add_3x3(sums, pixel, at);
    }
    let scale = 1.0 / sums.weight;
    var picture = sums.picture * scale;
    let detail = dot(pixel - sums.guide * scale, LUMA);
    let strong = clamp(abs(detail) - DETAIL_DEAD_ZONE, 0.0, DETAIL_LIMIT);
    picture = clamp(picture + params.detail * sign(detail) * strong, vec3f(0.0), vec3f(1.0));
    if MODE > GUIDED {
        let unseen = UNSEEN_SHARE * smoothstep(UNSEEN_FROM, UNSEEN_TO, sums.distance * scale);
        picture = mix(picture, toned(pixel), max(unseen, params.cut));
    }
    return picture;
}

@fragment
fn compose(@builtin(position) position: vec4f) -> @location(0) vec4f {
    var pixel: vec3f;
    if FRAME_IS_SCALED {
        pixel = scaled_frame(position.xy);
    } else {
        pixel = textureLoad(frame_texture, vec2i(position.xy), 0).rgb;
    }
    let is_outside = any(position.xy < params.region_px.xy) || any(position.xy >= params.region_px.zw);
    if MODE == FRAME || is_outside {
        return vec4f(pixel, 1.0);
    }
    var picture: vec3f;
    if MODE == PAINTING {
        picture = textureLoad(painting_texture, vec2i(position.xy), 0).rgb;
    } else {
        picture = painted(pixel, position.xy);
    }
    let game_chroma = pixel - dot(pixel, LUMA);
    let own_chroma = picture - dot(picture, LUMA);
    picture = clamp(picture + params.keep_colors * (game_chroma - own_chroma), vec3f(0.0), vec3f(1.0));
    picture = mix(pixel, picture, params.strength);
    picture = select(picture, pixel, position.x < params.split_px);
    picture = select(picture, vec3f(DIVIDER_BRIGHTNESS), abs(position.x - params.split_px) < DIVIDER_HALF_PX);
    return vec4f(picture, 1.0);
}
