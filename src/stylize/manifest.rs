//! The manifest: a `.toml` file beside a model that says what the model file itself does not.

use super::StylizeError;
use super::convention::{Channels, Element, Layout, ValueRange};
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The largest `multiple` that makes sense.
const MULTIPLE_LIMIT: u32 = 1024;

/// The multiples of the automatic brush that a style may ask for.
const BRUSHES: std::ops::RangeInclusive<f32> = 0.25..=4.0;

/// What a manifest says. Everything may be left unsaid: `inspect` then finds it out.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Manifest {
    pub name: Option<String>,
    pub author: Option<String>,
    pub licence: Option<String>,
    /// Where the model comes from: an address or a sentence.
    pub source: Option<String>,
    /// Checksum of the model file, 64 hexadecimal digits.
    pub sha256: Option<String>,
    /// Speed class of the network, in the words of its maker.
    pub tier: Option<String>,
    /// The style's own brush as a multiple of the automatic one, 0.25 to 4: `1.5` paints strokes 1.5 times as large.
    /// Counts only while the brush is automatic. See [`crate::control::Brush::factor`].
    pub brush: Option<f32>,
    /// The network was trained on levelled frames, and is to paint such.
    pub levels: Option<bool>,
    /// The painting that the style was learnt from, where it is a known work.
    pub painting: Option<PaintingManifest>,
    pub input: PictureManifest,
    pub output: PictureManifest,
    pub parameters: Vec<ParameterManifest>,
    /// How the style was trained, in whatever words its trainer uses: for people.
    pub training: Option<Table>,
    /// Keys that Impasto does not know, as sentences for people.
    pub notices: Vec<String>,
}

/// The work of art that a style was learnt from: the table `[painting]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct PaintingManifest {
    pub title: String,
    pub artist: String,
    /// Years of birth and death, such as `1853-1890`.
    pub artist_years: Option<String>,
    /// When the work was made, such as `1889` or `c. 1831`.
    pub year: Option<String>,
    /// Who may use the work, such as `public domain`.
    pub rights: Option<String>,
}

/// What a manifest says about the picture input or output.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct PictureManifest {
    /// The name of the tensor, where the network has several that could be the picture.
    pub tensor: Option<String>,
    pub layout: Option<Layout>,
    pub element: Option<Element>,
    pub channels: Option<Channels>,
    pub range: Option<ValueRange>,
    /// Sides must be multiples of this number of pixels.
    pub multiple: Option<u32>,
    /// Output only: values are multiplied by `scale`, then `offset` is added, before they are read in `range`.
    pub scale: Option<f32>,
    pub offset: Option<f32>,
    /// Output only: how an output of another size lies on the frame.
    pub fit: Option<Fit>,
}

/// How a painting whose size differs from the network's input lies on the frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// It shows the whole frame at another scale.
    #[default]
    Stretch,
    /// It shows the middle of the frame at the same scale: a border is missing (convolutions without padding) or too
    /// much.
    Border,
    /// It starts at the top left corner at the same scale, with surplus to the right and below (padded to a multiple).
    Corner,
}

/// What a manifest says about a further input.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct ParameterManifest {
    pub name: String,
    pub labels: Vec<String>,
    pub min: Option<f32>,
    pub max: Option<f32>,
    pub default: Vec<f32>,
}

impl std::fmt::Display for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Stretch => "stretch",
            Self::Border => "border",
            Self::Corner => "corner",
        })
    }
}

impl Manifest {
    /// The manifest's path for a model: the same stem, ending `.toml`.
    pub fn path_for(model: &Path) -> PathBuf {
        model.with_extension("toml")
    }

    /// Reads the manifest beside `model`; `None` where there is none.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, or a value is wrong: the error names the key.
    pub fn read_beside(model: &Path) -> Result<Option<Self>, StylizeError> {
        let path = Self::path_for(model);
        if !path.is_file() {
            return Ok(None);
        }
        let error = |reason: String| StylizeError::ManifestFile { path: path.clone(), reason };
        let text = std::fs::read_to_string(&path).map_err(|e| error(e.to_string()))?;
        Self::parse(&text, &path).map(Some)
    }

    /// Reads a manifest's text; `path` only serves the error messages.
    ///
    /// # Errors
    /// The text is no TOML, or a value is wrong: the error names the key.
    pub fn parse(text: &str, path: &Path) -> Result<Self, StylizeError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| StylizeError::ManifestFile {
            path: path.to_owned(),
            reason: error.message().to_owned(),
        })?;
        let mut keys = Keys { table, prefix: String::new(), path, notices: Vec::new() };
        let mut manifest = Self {
            name: keys.take("name", "a text")?,
            author: keys.take("author", "a text")?,
            licence: keys.take("licence", "a text")?,
            source: keys.take("source", "a text")?,
            sha256: keys.take("sha256", "a text of 64 hexadecimal digits")?,
            tier: keys.take("tier", "a text")?,
            brush: keys.take("brush", "a number")?,
            levels: keys.take("levels", "true or false")?,
            training: keys.take("training", "a table")?,
            ..Self::default()
        };
        if let Some(sum) = &manifest.sha256
            && (sum.len() != 64 || !sum.bytes().all(|digit| digit.is_ascii_hexdigit()))
        {
            return Err(keys.wrong("sha256", "it must be 64 hexadecimal digits"));
        }
        if manifest.brush.is_some_and(|brush| !BRUSHES.contains(&brush)) {
            let problem = format!("it must be a number from {} to {}", BRUSHES.start(), BRUSHES.end());
            return Err(keys.wrong("brush", &problem));
        }
        manifest.painting = PaintingManifest::read(&mut keys)?;
        manifest.input = PictureManifest::read(&mut keys, "input")?;
        manifest.output = PictureManifest::read(&mut keys, "output")?;
        let parameters: Vec<Table> = keys.take("parameters", "a list of tables, [[parameters]]")?.unwrap_or_default();
        for (index, table) in parameters.into_iter().enumerate() {
            let mut inner = Keys {
                table,
                prefix: format!("parameters[{index}]."),
                path,
                notices: std::mem::take(&mut keys.notices),
            };
            manifest.parameters.push(ParameterManifest::read(&mut inner)?);
            keys.notices = inner.finish();
        }
        manifest.notices = keys.finish();
        Ok(manifest)
    }
}

/// The multiple of the automatic brush that a manifest asks for; 1 where it asks for nothing.
pub(super) fn brush_of(manifest: Option<&Manifest>) -> f32 {
    manifest.and_then(|manifest| manifest.brush).unwrap_or(1.0)
}

/// "The Starry Night by Vincent van Gogh (1853-1890), 1889, public domain".
impl std::fmt::Display for PaintingManifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {}", self.title, self.artist)?;
        if let Some(years) = &self.artist_years {
            write!(f, " ({years})")?;
        }
        for part in [&self.year, &self.rights].into_iter().flatten() {
            write!(f, ", {part}")?;
        }
        Ok(())
    }
}

impl PaintingManifest {
    fn read(outer: &mut Keys<'_>) -> Result<Option<Self>, StylizeError> {
        let Some(mut keys) = outer.inner("painting")? else { return Ok(None) };
        let painting = Self {
            title: keys.take("title", "a text")?.unwrap_or_default(),
            artist: keys.take("artist", "a text")?.unwrap_or_default(),
            artist_years: keys.take("artist_years", "a text")?,
            year: keys.take("year", "a text")?,
            rights: keys.take("rights", "a text")?,
        };
        for (key, value) in [("title", &painting.title), ("artist", &painting.artist)] {
            if value.is_empty() {
                return Err(keys.wrong(key, "it must say something"));
            }
        }
        outer.notices = keys.finish();
        Ok(Some(painting))
    }
}

impl PictureManifest {
    fn read(outer: &mut Keys<'_>, name: &str) -> Result<Self, StylizeError> {
        let Some(mut keys) = outer.inner(name)? else { return Ok(Self::default()) };
        let mut picture = Self {
            tensor: keys.take("tensor", "a text")?,
            layout: keys.take("layout", "nchw or nhwc")?,
            element: keys.take("element", "float32, float16 or uint8")?,
            channels: keys.take("channels", "rgb, bgr, rgba or bgra")?,
            range: keys.take("range", "zero_to_255, zero_to_one, minus_one_to_one or imagenet")?,
            multiple: keys.take("multiple", "a whole number of pixels")?,
            ..Self::default()
        };
        if picture.multiple.is_some_and(|multiple| !(1..=MULTIPLE_LIMIT).contains(&multiple)) {
            return Err(keys.wrong("multiple", &format!("it must be 1 to {MULTIPLE_LIMIT}")));
        }
        if name == "output" {
            picture.scale = keys.take("scale", "a number")?;
            picture.offset = keys.take("offset", "a number")?;
            picture.fit = keys.take("fit", "stretch, border or corner")?;
            for (key, value) in [("scale", picture.scale), ("offset", picture.offset)] {
                if value.is_some_and(|value| !value.is_finite()) {
                    return Err(keys.wrong(key, "it must be a finite number"));
                }
            }
        }
        outer.notices = keys.finish();
        Ok(picture)
    }
}

impl ParameterManifest {
    fn read(keys: &mut Keys<'_>) -> Result<Self, StylizeError> {
        let parameter = Self {
            name: keys.take("name", "the name of a network input")?.unwrap_or_default(),
            labels: keys.take("labels", "a list of texts")?.unwrap_or_default(),
            min: keys.take("min", "a number")?,
            max: keys.take("max", "a number")?,
            default: keys.take("default", "a list of numbers")?.unwrap_or_default(),
        };
        if parameter.name.is_empty() {
            return Err(keys.wrong("name", "it must name an input of the network"));
        }
        if parameter.default.iter().any(|value| !value.is_finite()) {
            return Err(keys.wrong("default", "it must hold finite numbers"));
        }
        let finite = [parameter.min, parameter.max].iter().flatten().all(|value| value.is_finite());
        if !finite || matches!((parameter.min, parameter.max), (Some(min), Some(max)) if min >= max) {
            return Err(keys.wrong("min", "min and max must be finite, and min below max"));
        }
        Ok(parameter)
    }
}

/// Takes known keys out of a table, so that what is left is unknown.
struct Keys<'p> {
    table: Table,
    prefix: String,
    path: &'p Path,
    notices: Vec<String>,
}

impl<'p> Keys<'p> {
    /// The keys of a table among these. It takes the notices along, until it gives them back with [`Keys::finish`].
    fn inner(&mut self, name: &str) -> Result<Option<Keys<'p>>, StylizeError> {
        let Some(table) = self.take::<Table>(name, "a table")? else { return Ok(None) };
        let notices = std::mem::take(&mut self.notices);
        Ok(Some(Keys { table, prefix: format!("{name}."), path: self.path, notices }))
    }

    fn take<T: DeserializeOwned>(&mut self, key: &str, expected: &str) -> Result<Option<T>, StylizeError> {
        let Some(value) = self.table.remove(key) else {
            return Ok(None);
        };
        let shown = shorten(&value);
        // A whole number is a fine value for a key that wants a fraction.
        T::deserialize(value.into_deserializer())
            .map(Some)
            .map_err(|_| self.wrong(key, &format!("it must be {expected}, not {shown}")))
    }

    fn wrong(&self, key: &str, problem: &str) -> StylizeError {
        StylizeError::Manifest {
            path: self.path.to_owned(),
            key: format!("{}{key}", self.prefix),
            problem: problem.to_owned(),
        }
    }

    fn finish(self) -> Vec<String> {
        let mut notices = self.notices;
        let prefix = self.prefix;
        notices.extend(
            self.table.keys().map(|key| format!("the manifest's key \"{prefix}{key}\" is unknown and ignored")),
        );
        notices
    }
}

/// A value as an error message shows it.
fn shorten(value: &Value) -> String {
    const LIMIT: usize = 40;
    let text = value.to_string();
    if text.chars().count() <= LIMIT { text } else { text.chars().take(LIMIT).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, StylizeError> {
        Manifest::parse(text, Path::new("oil.toml"))
    }

    #[test]
    fn reads_every_key() {
        let manifest = parse(
            "name = 'Oil'\ntier = 'fast'\nbrush = 2\nlevels = true\n\
             [painting]\ntitle = 'Udnie'\nartist = 'Francis Picabia'\nartist_years = '1879-1953'\nyear = '1913'\n\
             rights = 'public domain'\n[input]\nlayout = 'nhwc'\nelement = 'float16'\nchannels = 'bgra'\n\
             range = 'minus_one_to_one'\nmultiple = 8\n[output]\nrange = 'zero_to_one'\nscale = 2\nfit = 'border'\n\
             [[parameters]]\nname = 'w'\nlabels = ['a', 'b']\nmin = 0\nmax = 1.5\ndefault = [1, 0.5]\n",
        )
        .unwrap();
        assert_eq!(manifest.name.as_deref(), Some("Oil"));
        assert_eq!((manifest.brush, manifest.levels), (Some(2.0), Some(true)));
        let painting = manifest.painting.as_ref().map(ToString::to_string);
        assert_eq!(painting.as_deref(), Some("Udnie by Francis Picabia (1879-1953), 1913, public domain"));
        assert_eq!(manifest.input.channels, Some(Channels::Bgra));
        assert_eq!(manifest.input.multiple, Some(8));
        assert_eq!((manifest.output.scale, manifest.output.fit), (Some(2.0), Some(Fit::Border)));
        assert_eq!(manifest.parameters[0].default, [1.0, 0.5]);
        assert!(manifest.notices.is_empty());
    }

    #[test]
    fn names_unknown_keys_and_wrong_values() {
        let notices = parse("colour = 1\n[input]\nlayuot = 'nchw'\n").unwrap().notices;
        assert!(notices.iter().any(|notice| notice.contains("colour")), "{notices:?}");
        assert!(notices.iter().any(|notice| notice.contains("input.layuot")), "{notices:?}");
        for (text, key) in [
            ("[input]\nlayout = 'chw'", "input.layout"),
            ("[input]\nmultiple = 0", "input.multiple"),
            ("[input]\nmultiple = -4", "input.multiple"),
            ("[output]\nscale = nan", "output.scale"),
            ("sha256 = 'abc'", "sha256"),
            ("name = 5", "name"),
            ("brush = 0", "brush"),
            ("brush = nan", "brush"),
            ("brush = 'large'", "brush"),
            ("levels = 'yes'", "levels"),
            ("painting = 'Udnie'", "painting"),
            ("[painting]\ntitle = 'Udnie'", "painting.artist"),
            ("[[parameters]]\nlabels = []", "parameters[0].name"),
            ("[[parameters]]\nname = 'w'\nmin = 1\nmax = 0", "parameters[0].min"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(key), "{error}");
        }
        assert!(parse("name = ").unwrap_err().to_string().starts_with("cannot read the manifest"));
    }
}
