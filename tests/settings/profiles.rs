//! What is remembered for each game.

use impasto::control::{Brush, SizeRequest};
use impasto::settings::{Choices, Profiles, Remembered, read_profiles, write_profiles};

#[test]
fn a_profile_is_made_by_use_and_found_by_its_application() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.toml");
    let (mut profiles, _) = Remembered::<Profiles>::open(Some(path.clone()));
    let usual = Choices { strength: 0.5, ..Choices::default() };
    profiles.value.for_application("Doom", &usual).paint.style = "woodcut".to_owned();
    profiles.value.for_application("doom", &Choices::default()).attach = true;
    profiles.save().unwrap();
    let (read, notices) = Remembered::<Profiles>::open(Some(path));
    assert_eq!(notices, Vec::<String>::new());
    let (name, profile) = read.value.of_application("DOOM").unwrap();
    assert_eq!((name, profile.application.as_str(), profile.attach), ("Doom", "Doom", true));
    assert_eq!((profile.paint.style.as_str(), profile.paint.strength), ("woodcut", 0.5));
    assert!(read.value.of_application("").is_none());
    assert!(read.value.of_application("doom2").is_none());
    assert!(read.value.named("quake").unwrap_err().contains("there are Doom"));
}

#[test]
fn names_with_dots_and_quotes_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.toml");
    let (mut profiles, _) = Remembered::<Profiles>::open(Some(path.clone()));
    for name in ["org.game.Ünï", "a \"b\"", "x = y"] {
        profiles.value.for_application(name, &Choices::default());
        profiles.save().unwrap();
    }
    assert_eq!(Remembered::<Profiles>::open(Some(path)).0.value, profiles.value);
}

#[test]
fn export_and_import_carry_everything_in_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.toml");
    let mut ours = Profiles::default();
    let size = SizeRequest::Brush(Brush::Factor(3.5));
    ours.for_application("Doom", &Choices { style: "mosaic".to_owned(), size, ..Choices::default() }).attach = true;
    ours.for_application("Quake", &Choices::default());
    write_profiles(&file, &ours).unwrap();
    let (read, notices) = read_profiles(&file).unwrap();
    assert_eq!((&read, notices), (&ours, Vec::new()));
    assert_eq!((read.profile["Doom"].paint.size, read.profile["Quake"].paint.size), (size, SizeRequest::AUTOMATIC));

    let mut theirs = Profiles::default();
    theirs.for_application("Doom", &Choices::default());
    assert_eq!(theirs.take_over(read.clone(), false), ["Doom"]);
    assert_eq!((theirs.profile.len(), theirs.profile["Doom"].attach), (2, false));
    assert_eq!(theirs.take_over(read, true), Vec::<String>::new());
    assert_eq!(theirs, ours);
}

#[test]
fn what_is_no_file_of_profiles_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.toml");
    assert!(read_profiles(&file).unwrap_err().to_string().contains("cannot be read"));
    for text in ["", "[paint]\nstyle = 'x'\n", "]["] {
        std::fs::write(&file, text).unwrap();
        assert!(read_profiles(&file).unwrap_err().to_string().contains("no file of profiles"), "{text}");
    }
    std::fs::write(&file, "[profile.a]\napplication = 'a'\nvolume = 11\n").unwrap();
    let (profiles, notices) = read_profiles(&file).unwrap();
    assert_eq!((profiles.profile.len(), notices.len()), (1, 1));
}
