// The finished picture in one full-screen pass. `reference.rs` and `steered.rs` define it, by the same names.

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
    clarity: f32,
    crispness: f32,
    unused: f32,
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
override STRETCH: f32 = 0.0;
override FLAT_ENERGY: f32 = 1.0;
override RANGE_SLOPE: f32 = 1.0;
override STEERING_GAIN: f32 = 1.0;
override NO_OUTLINE: f32 = 0.0;
override SNAP: f32 = 0.0;
override STRANGE_FROM: f32 = 0.0;
override STRANGE_TO: f32 = 1.0;
override UNMOVED_WEIGHT: f32 = 1.0;
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

// The twelve texels around a place, each red, green, blue and outline: rows a to d from the top, columns 0 to 3.
struct Texels {
    a1: vec4f,
    a2: vec4f,
    b0: vec4f,
    b1: vec4f,
    b2: vec4f,
    b3: vec4f,
    c0: vec4f,
    c1: vec4f,
    c2: vec4f,
    c3: vec4f,
    d1: vec4f,
    d2: vec4f,
}

// Columns or rows from the one before `first` on, within the painting.
fn four_from(first: f32, size: f32) -> vec4i {
    return clamp(vec4i(i32(first)) + vec4i(-1, 0, 1, 2), vec4i(0), vec4i(i32(size) - 1));
}

fn painting_at(x: i32, y: i32) -> vec4f {
    return textureLoad(painting_texture, vec2i(x, y), 0);
}

fn texels_at(x: vec4i, y: vec4i) -> Texels {
    return Texels(
        painting_at(x.y, y.x), painting_at(x.z, y.x),
        painting_at(x.x, y.y), painting_at(x.y, y.y), painting_at(x.z, y.y), painting_at(x.w, y.y),
        painting_at(x.x, y.z), painting_at(x.y, y.z), painting_at(x.z, y.z), painting_at(x.w, y.z),
        painting_at(x.y, y.w), painting_at(x.z, y.w),
    );
}

// The cubic B-spline's weights of the four columns or rows.
fn spline(far: f32) -> vec4f {
    let near = 1.0 - far;
    let inner = (4.0 + far * far * (3.0 * far - 6.0)) / 6.0;
    let outer = (4.0 + near * near * (3.0 * near - 6.0)) / 6.0;
    return vec4f(near * near * near / 6.0, inner, outer, far * far * far / 6.0);
}

// Weights of b1, b2, c1 and c2.
fn bilinear_weights(far: vec2f) -> vec4f {
    let near = 1.0 - far;
    return vec4f(near.x * near.y, far.x * near.y, near.x * far.y, far.x * far.y);
}

// Three times the luma, nearly.
fn bright(texel: vec4f) -> f32 {
    return texel.r + 2.0 * texel.g;
}

// The factors of x squared, y squared and x times y in the squared length.
fn metric(t: Texels, nearest: vec4f) -> vec3f {
    let a1 = bright(t.a1);
    let a2 = bright(t.a2);
    let b0 = bright(t.b0);
    let b1 = bright(t.b1);
    let b2 = bright(t.b2);
    let b3 = bright(t.b3);
    let c0 = bright(t.c0);
    let c1 = bright(t.c1);
    let c2 = bright(t.c2);
    let c3 = bright(t.c3);
    let d1 = bright(t.d1);
    let d2 = bright(t.d2);
    let dx = vec4f(b2 - b0, b3 - b1, c2 - c0, c3 - c1);
    let dy = vec4f(c1 - a1, c2 - a2, d1 - b1, d2 - b2);
    let xx = dot(nearest, dx * dx);
    let yy = dot(nearest, dy * dy);
    let xy = dot(nearest, dx * dy);
    let across = vec2f(xx - yy, 2.0 * xy) / (xx + yy + FLAT_ENERGY);
    let coherence = length(across);
    let share = STRETCH * (1.0 - 0.5 * STRETCH * coherence);
    return vec3f(1.0 - share * (coherence - across.x), 1.0 - share * (coherence + across.x), 2.0 * share * across.y);
}

// The kernel for the four columns of a row.
fn row_weights(metric: vec3f, dx: vec4f, dy: f32) -> vec4f {
    let squared = (metric.x * dx + metric.z * dy) * dx + metric.y * dy * dy;
    let fall = max(1.0 - 0.25 * squared, vec4f(0.0));
    let fall2 = fall * fall;
    return (1.0 - squared) * fall2 * fall2;
}

// The painting between its texels, along its strokes.
fn steered(t: Texels, far: vec2f, nearest: vec4f, across: vec4f, down: vec4f) -> vec3f {
    let lengths = metric(t, nearest);
    let dx = vec4f(-1.0, 0.0, 1.0, 2.0) - far.x;
    let a = row_weights(lengths, dx, -1.0 - far.y);
    let b = row_weights(lengths, dx, -far.y);
    let c = row_weights(lengths, dx, 1.0 - far.y);
    let d = row_weights(lengths, dx, 2.0 - far.y);
    let weight = a.y + a.z + b.x + b.y + b.z + b.w + c.x + c.y + c.z + c.w + d.y + d.z;
    // What the corners would have is missing from the spline.
    let soft_weight = 1.0 - (across.x + across.w) * (down.x + down.w);
    let steering = min(STEERING_GAIN * params.crispness, 1.0);
    let kernel = steering * (1.0 + params.crispness) / weight;
    let soft = (steering * params.crispness / soft_weight) * down;
    let plain = (1.0 - steering) * nearest;
    let wa = kernel * a - soft.x * across;
    let wb = kernel * b - soft.y * across + vec4f(0.0, plain.xy, 0.0);
    let wc = kernel * c - soft.z * across + vec4f(0.0, plain.zw, 0.0);
    let wd = kernel * d - soft.w * across;
    let result = wa.y * t.a1.rgb + wa.z * t.a2.rgb
        + wb.x * t.b0.rgb + wb.y * t.b1.rgb + wb.z * t.b2.rgb + wb.w * t.b3.rgb
        + wc.x * t.c0.rgb + wc.y * t.c1.rgb + wc.z * t.c2.rgb + wc.w * t.c3.rgb
        + wd.y * t.d1.rgb + wd.z * t.d2.rgb;
    // Only the nearer ones of the outer texels can count.
    let is_far = far > vec2f(0.5);
    let beyond = RANGE_SLOPE * select(far, 1.0 - far, is_far);
    let v1 = select(t.a1.rgb, t.d1.rgb, is_far.y);
    let v2 = select(t.a2.rgb, t.d2.rgb, is_far.y);
    let h1 = select(t.b0.rgb, t.b3.rgb, is_far.x);
    let h2 = select(t.c0.rgb, t.c3.rgb, is_far.x);
    var least = min(min(t.b1.rgb, t.b2.rgb), min(t.c1.rgb, t.c2.rgb));
    least = min(least, min(min(v1, v2) + beyond.y, min(h1, h2) + beyond.x));
    var most = max(max(t.b1.rgb, t.b2.rgb), max(t.c1.rgb, t.c2.rgb));
    most = max(most, max(max(v1, v2) - beyond.y, max(h1, h2) - beyond.x));
    return clamp(result, least, most);
}

struct Sums {
    picture: vec4f,
    guide: vec3f,
    distance: f32,
    weight: f32,
}

// Adds one texel: its weight is spatial weight times likeness of the guide to the pixel.
fn add(sums: Sums, pixel: vec3f, texel: vec4f, guide: vec3f, spatial: f32) -> Sums {
    let difference = guide - pixel;
    let distance = dot(difference, difference);
    let fall = 1.0 + distance * (1.0 / RANGE_VARIANCE);
    let weight = spatial / (fall * fall);
    var result = sums;
    result.picture += weight * texel;
    result.guide += weight * guide;
    result.distance += weight * distance;
    result.weight += weight;
    return result;
}

fn guide_at(x: i32, y: i32) -> vec4f {
    return textureLoad(guide_texture, vec2i(x, y), 0);
}

fn add_at(sums: Sums, pixel: vec3f, texel: vec4f, x: i32, y: i32, spatial: f32) -> Sums {
    return add(sums, pixel, texel, guide_at(x, y).rgb, spatial);
}

// The frame's colour as the painting would show it.
fn toned(pixel: vec3f) -> vec3f {
    let color = vec4f(pixel, 1.0);
    let toned = vec3f(dot(params.palette_red, color), dot(params.palette_green, color), dot(params.palette_blue, color));
    return clamp(toned, vec3f(0.0), vec3f(1.0));
}

// A texel of the painting with its outline and some more light.
fn lit(texel: vec4f, light: f32) -> vec3f {
    return clamp(texel.rgb + (params.clarity * (texel.a - NO_OUTLINE) + light), vec3f(0.0), vec3f(1.0));
}

fn painted(pixel: vec3f, position: vec2f) -> vec3f {
    let unmoved = position / params.output_px * params.painting_px - 0.5;
    let at = unmoved - params.motion_px;
    let first = floor(at + SNAP);
    let far = max(at - first, vec2f(0.0));
    let x = four_from(first.x, params.painting_px.x);
    let y = four_from(first.y, params.painting_px.y);
    let t = texels_at(x, y);
    let nearest = bilinear_weights(far);
    let across = spline(far.x);
    let down = spline(far.y);
    let own = steered(t, far, nearest, across, down);

    let g1 = guide_at(x.y, y.y);
    let g2 = guide_at(x.z, y.y);
    let g3 = guide_at(x.y, y.z);
    let g4 = guide_at(x.z, y.z);
    var placed = dot(nearest, vec4f(g1.a, g2.a, g3.a, g4.a));
    var sums = Sums(vec4f(0.0), vec3f(0.0), 0.0, 0.0);
    if MODE == GUIDED {
        sums = add(sums, pixel, t.b1, g1.rgb, nearest.x);
        sums = add(sums, pixel, t.b2, g2.rgb, nearest.y);
        sums = add(sums, pixel, t.c1, g3.rgb, nearest.z);
        sums = add(sums, pixel, t.c2, g4.rgb, nearest.w);
    } else {
        let upper = (1.0 - far.y) * across;
        let lower = far.y * across;
        sums = add_at(sums, pixel, t.b0, x.x, y.y, upper.x);
        sums = add(sums, pixel, t.b1, g1.rgb, upper.y);
        sums = add(sums, pixel, t.b2, g2.rgb, upper.z);
        sums = add_at(sums, pixel, t.b3, x.w, y.y, upper.w);
        sums = add_at(sums, pixel, t.c0, x.x, y.z, lower.x);
        sums = add(sums, pixel, t.c1, g3.rgb, lower.y);
        sums = add(sums, pixel, t.c2, g4.rgb, lower.z);
        sums = add_at(sums, pixel, t.c3, x.w, y.z, lower.w);
        placed = max(placed, smoothstep(STRANGE_FROM, STRANGE_TO, sums.distance / sums.weight));
    }
    if MODE == CARRIED_MOVING {
        let first = floor(unmoved + SNAP);
        let x = four_from(first.x, params.painting_px.x);
        let y = four_from(first.y, params.painting_px.y);
        let weights = UNMOVED_WEIGHT * bilinear_weights(max(unmoved - first, vec2f(0.0)));
        sums = add_at(sums, pixel, painting_at(x.y, y.y), x.y, y.y, weights.x);
        sums = add_at(sums, pixel, painting_at(x.z, y.y), x.z, y.y, weights.y);
        sums = add_at(sums, pixel, painting_at(x.y, y.z), x.y, y.z, weights.z);
        sums = add_at(sums, pixel, painting_at(x.z, y.z), x.z, y.z, weights.w);
    }
    let scale = 1.0 / sums.weight;
    let pulled = sums.picture * scale;
    let joined = vec4f(mix(own, pulled.rgb, placed), pulled.a);
    let residue = dot(pixel - sums.guide * scale, LUMA);
    let line = sign(residue) * clamp(abs(residue) - DETAIL_DEAD_ZONE, 0.0, DETAIL_LIMIT);
    var picture = lit(joined, params.detail * line);
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
        picture = lit(textureLoad(painting_texture, vec2i(position.xy), 0), 0.0);
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
